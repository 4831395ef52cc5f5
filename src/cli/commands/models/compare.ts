import pc from 'picocolors';
import { compareVersions, type ComparedVersions } from '../../../client/compare-versions.js';
import { patiently, registryOf } from '../../../client/patience.js';
import { openRegistry, openSecrets, openStore } from '../../../compose/composition.js';
import { openFingerprintKey } from '../../../compose/open-storage.js';
import type { Config } from '../../../config/config.js';
import type { Difference } from '../../../contracts/values.js';
import { verdictOf, metricLabel } from '../../../report/format.js';
import { METRIC_NAMES } from '../../../contracts/vocabulary.js';
import { printableAll, decimals, percentOf } from '../../../contracts/text.js';
import { MODEL, newCommand, VERSION } from '../../command-table.js';
import { print } from '../../output.js';
import { run } from '../../run-command.js';
import { tableOf, wrapped } from '../../text/tables.js';

interface Options {
  model?: string;
  confidence: string;
  json?: true;
}

export const command = newCommand('compare')
  .description('two versions on hold-out rows that neither was trained on, by the code of the gate')
  .argument('<a>', VERSION)
  .argument('<b>', 'the other one, likewise')
  .option(...MODEL)
  .option('--confidence <level>', 'level of the intervals', '0.9')
  .option('--json', 'print JSON')
  .action(run(compare));

async function compare(config: Config, a: string, b: string, { model, confidence, json }: Options): Promise<number> {
  const fingerprintKey = () => openFingerprintKey(openSecrets(config));
  const sources = { registry: openRegistry(config), store: openStore(config), fingerprintKey };
  const compared = await patiently(
    registryOf(config),
    compareVersions(sources, [a, b], { model, confidence: readConfidence(confidence) }),
  );
  print(json ? JSON.stringify(compared) : comparisonText(printableAll(compared)));
  return 0;
}

export function readConfidence(text: string): number {
  const confidence = Number(text);
  if (!(confidence >= 0.5 && confidence <= 0.999))
    throw new Error('--confidence is not a level from 0.5 to 0.999: give one like 0.9.');
  return confidence;
}

/** The comparison as a table for people. */
export function comparisonText(compared: ComparedVersions): string {
  const { model, a, b, holdoutOf, comparison, minimumRowsPerClass } = compared;
  const { rows, positives, confidence, metrics } = comparison;
  const level = `${percentOf(confidence)} %`;
  const table = tableOf(
    ['', `version ${a.version}`, `version ${b.version}`, `difference, ${level}`, `version ${a.version} is`],
    { colAligns: ['left', 'right', 'right', 'right', 'left'] },
  );
  for (const metric of METRIC_NAMES) {
    const { a: mine, b: theirs, difference } = metrics[metric];
    table.push([metricLabel(metric), decimals(mine), decimals(theirs), ...judged(difference)]);
  }
  const smaller = Math.min(positives, rows - positives);
  return [
    pc.bold(`${model}: version ${a.version} (${a.candidate}) against version ${b.version} (${b.candidate})`),
    `On ${rows} rows, ${positives} positive: the hold-out of version ${holdoutOf} without what the other was trained on.`,
    table.toString(),
    wrapped(
      `Positive differences are better for version ${a.version}, also of losses. Intervals are of a paired bootstrap; each one alone misses in ${percentOf(1 - confidence)} of 100 cases, so do not make much of one metric among many.`,
    ),
    ...(smaller < minimumRowsPerClass
      ? [
          pc.yellow(
            wrapped(
              `Only ${smaller} rows of the smaller class: below ${minimumRowsPerClass} (gate.minimumRowsPerClass) the gate does not go by them, and the intervals are rough.`,
            ),
          ),
        ]
      : []),
  ].join('\n\n');
}

const COLOURS = { better: pc.green, worse: pc.red, 'no clear difference': pc.dim };

function judged(difference: Difference | null): [string, string] {
  if (difference === null) return ['-', pc.dim('undefined')];
  const verdict = verdictOf(difference);
  const { value, low, high } = difference;
  return [`${signed(value)}  ${pc.dim(`${signed(low)} to ${signed(high)}`)}`, COLOURS[verdict](verdict)];
}

/** With its sign, but for what is zero to three decimals. */
function signed(value: number): string {
  const text = Math.abs(value).toFixed(3);
  return Number(text) === 0 ? text : `${value < 0 ? '-' : '+'}${text}`;
}
