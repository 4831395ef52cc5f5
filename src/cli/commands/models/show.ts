import pc from 'picocolors';
import {
  describeVersion,
  findVersion,
  type Origin,
  STAY_IN_STORE,
  type VersionDescription,
} from '../../../client/versions.js';
import { patiently, registryOf } from '../../../client/patience.js';
import { uiLink } from '../../../client/runs.js';
import { openRegistry, openStore } from '../../../compose/composition.js';
import type { Config } from '../../../config/config.js';
import type { ThresholdRule } from '../../../contracts/definition.js';
import { shownBy, whyItBegan } from '../../../contracts/identity.js';
import { METRIC_NAMES } from '../../../contracts/vocabulary.js';
import type { Estimate, ThresholdChoice } from '../../../contracts/values.js';
import { printableAll, decimals, percentOf, shortDigest, minuteText } from '../../../contracts/text.js';
import { type GateCheck, PORTABLE_FILES } from '../../../contracts/results.js';
import type { Lineage } from '../../../registry/registry.js';
import type { ServedPeriod } from '../../../registry/served.js';
import { metricLabel } from '../../../report/format.js';
import { MODEL, newCommand, VERSION } from '../../command-table.js';
import { print, typedCommand } from '../../output.js';
import { run } from '../../run-command.js';
import { tableOf, wrapped } from '../../text/tables.js';

export const command = newCommand('show')
  .description(
    'from a served model back to its data, definition, commit, run and approval, its files hashed again; and from one of these to the versions that came from it',
  )
  .argument('<what>', `${VERSION}; or the beginning of a run id, or of the hash of data, definition or commit`)
  .option(...MODEL)
  .option('--json', 'print JSON')
  .action(run(show));

export async function show(config: Config, text: string, options: { model?: string; json?: true }): Promise<number> {
  const registry = openRegistry(config);
  const found = await patiently(registryOf(config), findVersion(registry, text, options.model));
  if ('from' in found) {
    print(options.json ? JSON.stringify(found) : originsText(printableAll(found.from)));
    return 0;
  }
  const uiOf = (workflowId: string, runId: string) => uiLink(config, workflowId, runId);
  const described = await patiently(
    registryOf(config),
    describeVersion({ registry, store: openStore(config), uiOf }, found.one),
  );
  print(options.json ? JSON.stringify(described) : versionText(printableAll(described)));
  return 0;
}

/** Columns of the labels before what they stand for. */
const LABEL = 14;
/** Before tests, checks and tables. */
const INDENT = '  ';

/** A version for people, from what it serves to the bytes in the store. */
export function versionText(version: VersionDescription): string {
  const { name, model, lineage, gate, decisions, aliases } = version;
  const passed = gate.passed ? pc.green('passed its gate') : pc.red('refused by its gate');
  return [
    `${pc.bold(`${name} version ${version.version}`)}  ${lineage.candidate}, registered ${utcOf(version.createdAt)}, ${passed}`,
    section('Serving', [...serving(version.served), ['aliases', aliases.join(', ') || 'none']]),
    section('Origin', [['model', `${model.sha256} ${pc.dim('SHA-256')}`], ...origin(version)]),
    section('Model', decides(version)),
    `${pc.bold('Metrics')}\n${metrics(version)}`,
    [
      pc.bold('Gate'),
      ...gate.checks.map(check),
      ...(gate.checks.length === 0 ? [`${INDENT}no rule applied`] : []),
    ].join('\n'),
    section(
      'Decisions',
      decisions.length === 0
        ? [['', 'nobody decided']]
        : decisions.map(({ decision, by, proof, reason, at }) => [
            decision,
            `${utcOf(at)} by ${shownBy(by, proof)}: ${reason || 'no reason'}`,
          ]),
    ),
    section('Artifacts', artifacts(version)),
  ].join('\n\n');
}

/** The versions that came from data, a definition, a commit or a run. */
export function originsText(from: Origin[]): string {
  const things = new Set(from.map(thingOf));
  return [...things]
    .map((thing) => {
      const table = tableOf(['model', 'version', 'candidate', 'gate', 'registered', 'sha256']);
      for (const { version } of from.filter((origin) => thingOf(origin) === thing)) {
        const { name, version: number, lineage, gate, createdAt, model } = version;
        const digits = shortDigest(model.sha256);
        table.push([name, number, lineage.candidate, gate.passed ? 'passed' : 'refused', utcOf(createdAt), digits]);
      }
      return `${pc.bold('From')} ${thing}\n${table.toString()}`;
    })
    .join('\n\n');
}

const thingOf = ({ what, id }: Origin): string => `${what} ${id}`;

type Fact = [label: string, value: string];

/** Facts below a heading, long ones wrapped behind their label; what is not known is left out. */
function section(title: string, facts: (Fact | null)[]): string {
  const lines = facts
    .filter((fact) => fact !== null)
    .map(([label, value]) => `${pc.dim(`${INDENT}${label}`.padEnd(LABEL))}${wrapped(value, LABEL)}`);
  return [pc.bold(title), ...lines].join('\n');
}

function serving(served: ServedPeriod[]): Fact[] {
  if (served.length === 0) return [['', 'never served']];
  return served.toReversed().map(({ target, percent, from, to, by, proof, reason }) => {
    const share = percent === 100 ? '' : `, ${percent} % of requests`;
    const why = `by ${shownBy(by, proof)}: ${reason}`;
    return to === null
      ? ['now', `${pc.green(target)}${share} since ${utcOf(from)}, ${why}`]
      : ['before', `${target}${share} ${utcOf(from)} to ${utcOf(to)}, ${why}`];
  });
}

function origin({ lineage, artifacts, ui }: VersionDescription): (Fact | null)[] {
  const { datasetUri, sourceSha256, datasetSha256, definitionSha256, codeVersion, commit } = lineage;
  const definition = artifacts.find(({ name }) => name === 'definition');
  return [
    ['data', targetOf(datasetUri)],
    ['source', sourceSha256],
    ['data set', datasetSha256],
    ['definition', definitionSha256],
    definition ? ['', targetOf(definition.uri)] : null,
    ['code', `${codeVersion}, ${commit === null ? 'commit not known' : `commit ${commit}`}`],
    ['run', lineage.workflowId],
    ['', ui ?? lineage.runId],
    ['', whyItBegan(lineage.origin)],
  ];
}

function decides({ lineage, decides }: VersionDescription): (Fact | null)[] {
  const { candidate, options } = lineage;
  const reported: Fact = ['options', optionsText(options)];
  if (decides === null) return [['candidate', candidate], reported, ['threshold', 'not known without model.json']];
  const { threshold, thresholdChoice: choice, calibration, training } = decides;
  return [
    ['candidate', candidate === training.kind ? candidate : `${candidate} (${training.kind})`],
    reported,
    ['trained on', `${training.rows} rows, ${training.positives} positive`],
    ['threshold', `${decimals(threshold)}, ${choice === null ? 'fixed' : ruleText(choice.rule)}`],
    choice && ['', `out of fold: ${achieved(choice)}`],
    ['calibration', calibration?.kind ?? 'none'],
  ];
}

const achieved = ({ recall, specificity, precision, rows, positives }: ThresholdChoice): string =>
  `recall ${decimals(recall)}, specificity ${decimals(specificity)}, precision ${decimals(precision)}; ${rows} rows, ${positives} positive`;

function ruleText(rule: ThresholdRule): string {
  switch (rule.rule) {
    case 'fixed':
      return 'fixed';
    case 'recall':
      return `the highest with a recall of at least ${rule.atLeast}`;
    case 'cost':
      return `the least cost, ${rule.falsePositive} for a false positive and ${rule.falseNegative} for a false negative`;
    case 'youden':
      return 'the greatest sum of recall and specificity (Youden)';
  }
}

const optionsText = (options: Lineage['options']): string =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

function metrics({ crossValidated, holdout, confidence }: VersionDescription): string {
  const { rows, positives } = holdout;
  const table = tableOf(
    ['', `cross-validated, ${percentOf(confidence)} %`, `hold-out, ${rows} rows, ${positives} positive`],
    { colAligns: ['left', 'right', 'right'] },
  );
  for (const metric of METRIC_NAMES)
    table.push([metricLabel(metric), estimateText(crossValidated[metric]), estimateText(holdout.metrics[metric])]);
  return table.toString();
}

function estimateText({ value, low, high }: Estimate): string {
  const range = low === null || high === null ? '' : pc.dim(`  ${decimals(low)} to ${decimals(high)}`);
  return `${decimals(value)}${range}`;
}

const check = ({ passed, rule, found }: GateCheck): string =>
  `${INDENT}${passed ? pc.green('✔') : pc.red('✘')} ${wrapped(`${rule}: ${found}`, 2 * INDENT.length)}`;

function artifacts({ artifacts, portable, trouble, name, version }: VersionDescription): (Fact | null)[] {
  const { length } = artifacts;
  const bad = artifacts.filter(({ state }) => state !== 'intact');
  const how = typedCommand('models', 'export', String(version), '--model', name, '--to', 'DIR');
  return [
    ['store', bad.length === 0 ? pc.green(`all ${length} intact`) : `${length - bad.length} of ${length} intact`],
    ...bad.map(({ name, state, uri }): Fact => ['', `${pc.red(`${name} is ${state}`)}: ${targetOf(uri)}`]),
    bad.some(({ name, state }) => state === 'missing' && STAY_IN_STORE.includes(name))
      ? ['', `${STAY_IN_STORE.join(', ')} tell of single rows: only the store of the worker that trained has them`]
      : null,
    trouble === null ? null : ['', pc.red(trouble)],
    [
      'portable',
      portable === null
        ? 'none: registered before models had them, or of a learner that is not built in'
        : PORTABLE_FILES.join(', '),
    ],
    portable && ['', how],
  ];
}

/** A path for people; addresses elsewhere as they are. */
const targetOf = (uri: string): string => (uri.startsWith('file://') ? decodeURIComponent(new URL(uri).pathname) : uri);

const utcOf = (time: string): string => `${minuteText(time)} UTC`;
