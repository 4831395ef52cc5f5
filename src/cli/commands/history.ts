import pc from 'picocolors';
import { artifactsOf, STAY_IN_STORE } from '../../client/versions.js';
import {
  readLogs,
  servedBy,
  type ServedThere,
  requireIntact,
  type Verified,
  verifyLogs,
} from '../../client/history.js';
import { patiently, registryOf } from '../../client/patience.js';
import { openLogKey, openRegistry, openStore, openAnchor } from '../../compose/composition.js';
import type { Config } from '../../config/config.js';
import { shownBy } from '../../contracts/identity.js';
import { printableAll, secondText } from '../../contracts/text.js';
import { APPROVERS_LOG } from '../../registry/refusals.js';
import type { ModelRegistry, TrafficShare } from '../../registry/registry.js';
import { newCommand, readTime } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';
import { logTable } from '../text/tables.js';

interface Options {
  model?: string;
  at?: string;
  verify?: true;
  json?: true;
}

export const command = newCommand('history')
  .description('what happened to a model: who approved, what served, since when, by whom')
  .option('--model <name>', 'which model; every one by default')
  .option('--at <time>', 'only what served at this time, like 2026-11-24T09:30Z')
  .option(
    '--verify',
    'check the chain, its signatures and anchor, the versions and their files, and say what was checked',
  )
  .option('--json', 'print JSON')
  .action(
    run((config: Config, options: Options) => (options.verify ? verify(config, options) : history(config, options))),
  );

export async function history(config: Config, options: Options): Promise<number> {
  const { text, json } = await patiently(registryOf(config), tellHistory(openRegistry(config), options));
  print(options.json ? JSON.stringify(json) : text);
  return 0;
}

/** What happened to models, or what served at a time, for people and for programs. */
export async function tellHistory(
  registry: ModelRegistry,
  { model, at }: Pick<Options, 'model' | 'at'>,
): Promise<{ text: string; json: unknown }> {
  const time = at === undefined ? null : endOfSecond(readTime('--at', at));
  const logs = await readLogs(registry, model);
  const shown = printableAll(logs);
  if (time !== null) {
    const text = servedText(servedBy(shown, time)) || (logs.length === 0 ? NOTHING : 'Nothing was deployed yet.');
    return { text, json: servedBy(logs, time) };
  }
  const tables = shown.map(([name, log]) => logTable(name, log));
  return { text: tables.join('\n\n') || NOTHING, json: Object.fromEntries(logs) };
}

const NOTHING = 'No model is registered yet.';

/** Times are shown without their milliseconds, and one that was shown finds its own entry. */
const endOfSecond = (time: Date) => (time.getMilliseconds() === 0 ? new Date(time.getTime() + 999) : time);

const servedText = (found: ServedThere[]): string =>
  found
    .map(({ model, target, served }) =>
      served === null || served.shares.length === 0
        ? `${target}  nothing of ${model} served`
        : `${target}  ${served.shares.map((share) => describeShare(model, share)).join(' and ')}, since ${secondText(served.since)}, by ${shownBy(served.by, served.proof)}: ${served.reason}`,
    )
    .join('\n');

const describeShare = (model: string, { version, functionVersion, percent }: TrafficShare) =>
  `${percent} % ${version === null ? 'an unknown version' : `${model} version ${version}`} (function version ${functionVersion})`;

async function verify(config: Config, { model, json }: Options): Promise<number> {
  const sources = {
    registry: openRegistry(config),
    store: openStore(config),
    key: openLogKey(config),
    anchor: openAnchor(config),
    artifactsOf,
    elsewhere: config.mlflow === null ? [] : STAY_IN_STORE,
  };
  const verified = await patiently(registryOf(config), verifyLogs(sources, model));
  print(json ? JSON.stringify(verified) : verifiedText(verified));
  requireIntact(verified);
  return 0;
}

/** A line for each thing that was checked, for people. */
export function verifiedText({ models }: Verified): string {
  const reported = Object.entries(printableAll(models)).map(([name, checks]) =>
    [
      pc.bold(name === APPROVERS_LOG ? 'keys of approvers' : name),
      ...checks.map(
        ({ what, found, intact }) => `  ${intact ? pc.green('✔') : pc.red('✘')} ${what.padEnd(11)}${found}`,
      ),
    ].join('\n'),
  );
  return reported.join('\n') || 'No model is registered yet, so there is nothing to check.';
}
