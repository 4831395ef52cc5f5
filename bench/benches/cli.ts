import type { Bench } from '../context.js';
import { median, repeated, runProgram } from '../measure.js';
import type { Row } from '../row.js';
import { withStack } from '../stack.js';

/** Processor time of a command beyond that of Node itself. */
const BUDGET_SECONDS = 0.25;

/** A run on the shipped rows with a warm stack, from the start of the command to its end. */
const WARM_SECONDS = 1.2;

const INPUT = '{"r":45.9,"g":28.8,"b":25.3,"hb":12}';

/** Commands that answer and end, as people start them, beside a process of Node that does nothing. */
const COMMANDS = [['status'], ['models'], ['history'], ['schedules'], ['predict', INPUT]];

/** Has a process of Node say at its end, on its own line, how long it has computed. */
const TELLING = `data:text/javascript,process.on('exit',()=>{const{user,system}=process.cpuUsage();console.log('\\n'+(user+system)/1e6)})`;

/** How long the command line computes before it has answered, with one run in the home; and how long a run takes. */
export const cli: Bench = {
  name: 'cli',
  async run({ repeats }) {
    return withStack(async ({ env, startPipeline }) => {
      await startPipeline([]);
      const processorTime = async (args: string[]): Promise<number> => {
        const runs = await repeated(repeats, () => runProgram(process.execPath, ['--import', TELLING, ...args], env));
        return median(runs.map(({ stdout }) => Number(stdout.trimEnd().split('\n').at(-1))));
      };
      const nothing = await processorTime(['-e', '0']);
      const rows: Row[] = [];
      for (const command of COMMANDS)
        rows.push({
          ...{ bench: 'cli', what: `${command[0]!}, processor time`, unit: 's', note: '' },
          ours: await processorTime(['scripts/cli.mjs', ...command]),
          peer: { name: 'node -e 0', value: nothing },
          budget: { kind: 'above', limit: BUDGET_SECONDS },
        });
      const starts = await repeated(repeats, () => startPipeline(['--no-cache']));
      rows.push({
        ...{ bench: 'cli', what: 'start-pipeline, whole time', unit: 's', note: '' },
        ours: median(starts.map(({ seconds }) => seconds)),
        peer: null,
        budget: { kind: 'most', limit: WARM_SECONDS },
      });
      return rows;
    });
  },
};
