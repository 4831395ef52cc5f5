import pc from 'picocolors';
import { withClient } from '../../client/connect.js';
import { runCheck } from '../../client/drift-checks.js';
import { watchOf } from '../../client/run-status.js';
import { openStore } from '../../compose/composition.js';
import { openProject } from '../../compose/project.js';
import type { Config } from '../../config/config.js';
import type {
  ColumnDrift,
  Hypothesis,
  CheckEntry,
  CheckOutcome,
  ComparisonDetails,
  DriftState,
} from '../../contracts/monitoring.js';
import { printableAll } from '../../contracts/text.js';
import { describeRequests } from '../../monitoring/judge-window.js';
import { loadDefinition } from '../../definition/definition.js';
import { DEFINITION, newCommand, SET, readDuration, readPastTime } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';
import { tableOf, wrapped } from '../text/tables.js';

interface Options {
  definition: string;
  set: string[];
  window?: string;
  to?: string;
  act?: true;
  json?: true;
}

export const command = newCommand('drift-check')
  .description('compare the latest predictions with what was known at training; only looks, unless told to act')
  .option('--definition <file>', 'whose model to check', DEFINITION)
  .option(...SET)
  .option('--window <duration>', 'how much of the past to look at, like 90m, 24h or 7d')
  .option('--to <time>', 'end of the window, now by default, like 2026-11-24T09:30Z')
  .option('--act', 'count, alert and retrain as a scheduled check would')
  .option('--json', 'print JSON')
  .action(run(driftCheck));

async function driftCheck(config: Config, options: Options): Promise<number> {
  const definition = await loadDefinition(options.definition, options.set);
  const spec = {
    to: options.to === undefined ? null : readPastTime('--to', options.to),
    windowMinutes: options.window === undefined ? null : readDuration('--window', options.window),
    act: options.act ?? false,
  };
  return withClient(
    config,
    async (client) => {
      const project = await openProject(config);
      const watch = watchOf(config, client, true);
      const { outcome, details } = await runCheck(client, project, openStore(config), definition, spec, watch);
      print(
        options.json
          ? JSON.stringify({ ...outcome, details })
          : describeCheck(printableAll(outcome), printableAll(details)),
      );
      return 0;
    },
    { startsRuns: true },
  );
}

/** Lines longer than this are hard to read. */
const MAX_WIDTH = 120;

const VERDICTS: Record<DriftState, string> = {
  insufficient: pc.yellow('Insufficient data'),
  'no-drift': pc.green('No drift'),
  drift: pc.red('Drift'),
};

const verdictOf = ({ drift, requests }: CheckEntry): string =>
  requests.state === 'refused' ? `${pc.red('Requests refused')}, ${VERDICTS[drift]}` : VERDICTS[drift];

/** A check for people: the verdict, a table of columns, and what came of it. */
function describeCheck(
  { entry, report, snapshot, retraining, troubles }: CheckOutcome,
  details: ComparisonDetails,
): string {
  const { model, window, decision, mode } = entry;
  return [
    `${pc.bold(verdictOf(entry))}  ${pc.dim(`${model.name} version ${model.version}, ${window.from.slice(0, 16)} to ${window.to.slice(0, 16)} UTC`)}`,
    notices(details).join('\n'),
    details.window.rows > 0 ? columnsTable(details.columns) : '',
    wrapped(`${pc.bold('Decision')}  ${decision.state}: ${decision.why}`, 0, MAX_WIDTH),
    mode === 'scheduled'
      ? ''
      : pc.dim('A check by hand only looks: no alert, no retraining (--act does what a scheduled one would).'),
    retraining === '' ? '' : `Retraining  ${retraining}`,
    ...troubles,
    report ? `Report   ${report.html}` : '',
    snapshot === undefined ? '' : `Evidently  ${snapshot}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** What a person should know of the window before the verdict, a line each. */
export function notices({ window, reference }: Pick<ComparisonDetails, 'window' | 'reference'>): string[] {
  const { rows, otherVersions, brokenLines, goneFiles = 0, requests, withoutInputs } = window;
  const { unknownFeatures, missingFeatures } = window;
  const others = otherVersions.map((other) => `${other.rows} of version ${other.version}`);
  return [
    `${rows} ${rows === 1 ? 'row' : 'rows'} against ${reference.rows} at training${others.length > 0 ? `; not judged: ${others.join(', ')}` : ''}`,
    describeRequests(requests),
    brokenLines > 0 ? `${brokenLines} captured lines are broken and were left out` : '',
    goneFiles > 0 ? `${goneFiles} captured files were removed while they were read, and count for nothing` : '',
    withoutInputs > 0 ? `${withoutInputs} rows were captured without inputs` : '',
    unknownFeatures.length > 0 ? `new columns: ${unknownFeatures.join(', ')}` : '',
    missingFeatures.length > 0 ? `missing columns: ${missingFeatures.join(', ')}` : '',
  ].filter(Boolean);
}

function columnsTable(columns: ColumnDrift[]): string {
  const table = tableOf(
    ['column', 'test', 'value', 'threshold', 'adjusted p', 'effect', 'drift'].map((heading) => pc.bold(heading)),
    { colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'] },
  );
  for (const { column, test, hypotheses } of columns) {
    const main = hypotheses.find(({ about }) => about === 'distribution');
    table.push([
      column,
      test?.name ?? '-',
      test ? rounded(test.value) : '-',
      test ? rounded(test.threshold) : '-',
      main ? rounded(main.adjustedP) : '-',
      main ? rounded(main.effect.value) : '-',
      driftOf(hypotheses),
    ]);
  }
  return table.toString();
}

function driftOf(hypotheses: Hypothesis[]): string {
  const found = hypotheses.filter(({ drifted }) => drifted).map(({ about }) => about);
  return found.length === 0 ? pc.dim('no') : pc.red(found.join(', '));
}

const DIGITS = 3;
const rounded = (value: number) => String(Number(value.toPrecision(DIGITS)));
