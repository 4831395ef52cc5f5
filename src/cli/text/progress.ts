import { Listr } from 'listr2';
import type { RunView } from '../../client/follow.js';
import { asTyped } from '../../config/environment.js';
import { printable } from '../../contracts/text.js';
import { nothingKnown, type PipelineStatus, type StageStatus } from '../../contracts/pipeline.js';
import { type Stage, STAGES } from '../../contracts/names.js';

/** One plain line per finished stage, for pipes and logs. */
export function plainProgress(write: (line: string) => void): RunView {
  const reported = new Set<Stage>();
  let last = '';
  return {
    notice(sentence) {
      if (sentence !== '' && sentence !== last) write(`! ${printable(sentence)}`);
      last = sentence;
    },
    update({ stages }) {
      for (const entry of stages.filter(({ state, stage }) => isOver(state) && !reported.has(stage))) {
        reported.add(entry.stage);
        write(`${entry.state === 'done' ? '✔' : '–'} ${title(entry)}`);
      }
    },
    finish: () => Promise.resolve(),
  };
}

/** A live list with a spinner, for terminals. */
export function liveProgress(): RunView {
  let latest: PipelineStatus | null = null;
  let notice = '';
  let over = false;
  let wake = () => {};
  let changed = new Promise<void>((resolve) => (wake = resolve));
  const tick = () => {
    wake();
    changed = new Promise((resolve) => (wake = resolve));
  };
  const entryOf = (stage: Stage) => latest?.stages.find((entry) => entry.stage === stage);

  /** Runs; or would be the next one, where nobody tells of any. */
  const isCurrent = (stage: Stage) => {
    const stages = (latest ?? nothingKnown()).stages;
    const running = stages.filter(({ state }) => state === 'running');
    return (running.length > 0 ? running : stages.filter(({ state }) => !isOver(state)).slice(0, 1)).some(
      (entry) => entry.stage === stage,
    );
  };

  const tasks = new Listr(
    STAGES.map((stage) => ({
      title: stage,
      task: async (_, task): Promise<void> => {
        for (;;) {
          const entry = entryOf(stage);
          if (entry) task.title = title(entry);
          task.output = isCurrent(stage) ? asTyped(printable(notice)) : '';
          if (entry?.state === 'skipped') {
            task.skip(`${stage.padEnd(TITLE_WIDTH)} skipped`);
            return;
          }
          if (entry?.state === 'done') return;
          if (over) throw new Error(title(entry ?? { stage, reused: false, found: '' }));
          await changed;
        }
      },
    })),
    { exitOnError: true, rendererOptions: { collapseErrors: false, showErrorMessage: false } },
  );
  const shown = tasks.run().catch(() => undefined); // the run's own end is told below the list
  return {
    update(status) {
      latest = status;
      tick();
    },
    notice(sentence) {
      notice = sentence;
      tick();
    },
    async finish() {
      over = true;
      tick();
      await shown;
    },
  };
}

const TITLE_WIDTH = 9;

const title = ({ stage, found, reused }: Pick<StageStatus, 'stage' | 'found' | 'reused'>) =>
  `${stage.padEnd(TITLE_WIDTH)} ${printable(found)}${reused ? ' (reused)' : ''}`.trimEnd();

const isOver = (state: StageStatus['state']) => state === 'done' || state === 'skipped';
