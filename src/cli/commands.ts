import type { Config } from '../config/config.js';
import type { Definition } from '../contracts/definition.js';
import type { DecideOptions } from './decide.js';
import { printableAll } from '../contracts/printable.js';
import { plainly } from './errors.js';
import { note, print } from './output.js';
import type { RollbackOptions } from './rollback.js';
import { withClient } from './with-client.js';

/** Commands load what they need when they run: `models` should not wait for Temporal, nor `predict` for DuckDB. */

export interface StartOptions {
  definition: string;
  dataset?: string;
  set: string[];
  json?: true;
  wait: boolean;
  cache: boolean;
  ports?: 'auto';
  by?: string;
}

export async function startPipeline(config: Config, options: StartOptions): Promise<number> {
  try {
    return await runPipeline(config, options);
  } catch (error) {
    if (!options.json) throw error;
    // Whoever reads the output by program gets a document also when the run could not be started.
    const { unstartedReport } = await import('./start.js');
    note(plainly(error));
    print(JSON.stringify(unstartedReport(error)));
    return 1;
  }
}

async function runPipeline(given: Config, options: StartOptions): Promise<number> {
  const { loadDefinition } = await import('../definition/definition.js');
  const definition = await loadDefinition(options.definition, options.set, options.dataset);
  const { ofStack, orSilenced } = await import('./connect.js');
  const say = options.json ? note : print;
  const config = await ofStack(given, options.ports === 'auto', say);
  return orSilenced(config, () => startAndFollow(config, definition, options, say));
}

async function startAndFollow(config: Config, definition: Definition, options: StartOptions, say: typeof print) {
  const { connectWithStack } = await import('./connect.js');
  const { curlLine, EXIT_CODES, reportRun, startRun, uiLink } = await import('./start.js');
  const { liveProgress, plainProgress } = await import('./progress.js');
  const { openProject } = await import('../compose/project.js');
  const { summarize } = await import('./summary.js');

  const client = await connectWithStack(config, say);
  const { openProofs } = await import('../compose/open-identities.js');
  const handle = await startRun(client, await openProject(config), openProofs(config), definition, options);
  const runId = handle.firstExecutionRunId;
  const ui = await uiLink(config, handle.workflowId, runId);
  say(`Run ${handle.workflowId}${ui === null ? '' : `\n${ui}`}`);
  if (!options.wait) {
    if (options.json) print(JSON.stringify({ workflowId: handle.workflowId, runId, ui }));
    await client.connection.close();
    return 0;
  }
  process.once('SIGINT', () => {
    note(`\nThe run goes on: npm run status shows it, npm run cancel stops it (${handle.workflowId}).`);
    process.exit(EXIT_CODES.cancelled);
  });
  const live = process.stdout.isTTY && !options.json;
  const report = await reportRun(config, client, handle, runId, live ? liveProgress() : plainProgress(say));
  await client.connection.close();
  const { metric } = definition.selection;
  print(
    options.json
      ? JSON.stringify(report)
      : `\n${summarize(printableAll(report), metric, await curlLine(config, report))}`,
  );
  return EXIT_CODES[report.outcome];
}

export async function status(
  config: Config,
  workflowId: string | undefined,
  options: { json?: true },
): Promise<number> {
  const { runStatus, statusText } = await import('./run-status.js');
  return withClient(config, async (client) => {
    const found = await runStatus(config, client, workflowId);
    print(options.json ? JSON.stringify(found) : statusText(found));
    return 0;
  });
}

export async function cancel(config: Config, workflowId: string | undefined): Promise<number> {
  const { cancelRun } = await import('./cancel-run.js');
  return withClient(config, async (client) => {
    print(await cancelRun(config, client, workflowId));
    return 0;
  });
}

export interface HistoryOptions {
  model?: string;
  at?: string;
  verify?: true;
  json?: true;
}

export async function history(config: Config, options: HistoryOptions): Promise<number> {
  if (options.verify) return verify(config, options);
  const { openRegistry } = await import('../compose/composition.js');
  const { patiently, registryOf } = await import('../client/patience.js');
  const { tellHistory } = await import('./history.js');
  const { text, json } = await patiently(registryOf(config), tellHistory(openRegistry(config), options));
  print(options.json ? JSON.stringify(json) : text);
  return 0;
}

async function verify(config: Config, { model, json }: HistoryOptions): Promise<number> {
  const { openLogKey, openRegistry, openStore } = await import('../compose/composition.js');
  const { openAnchor } = await import('../compose/open-anchor.js');
  const { artifactsOf, STAY_IN_STORE } = await import('./models/describe-version.js');
  const { patiently, registryOf } = await import('../client/patience.js');
  const { requireIntact, verifiedText, verifyLogs } = await import('./verify.js');
  const elsewhere = config.mlflow === null ? [] : STAY_IN_STORE;
  const [registry, store, key, anchor] = [
    openRegistry(config),
    openStore(config),
    openLogKey(config),
    openAnchor(config),
  ];
  const sources = { registry, store, key, anchor, artifactsOf, elsewhere };
  const verified = await patiently(registryOf(config), verifyLogs(sources, model));
  print(json ? JSON.stringify(verified) : verifiedText(verified));
  requireIntact(verified);
  return 0;
}

export const approve = async (
  config: Config,
  workflowId: string | undefined,
  options: DecideOptions,
): Promise<number> => decideOn(config, 'approve', workflowId, options);

export const reject = async (config: Config, workflowId: string | undefined, options: DecideOptions): Promise<number> =>
  decideOn(config, 'reject', workflowId, options);

async function decideOn(config: Config, verb: 'approve' | 'reject', id: string | undefined, options: DecideOptions) {
  const { decide } = await import('./decide.js');
  const { openProofs } = await import('../compose/open-identities.js');
  return withClient(config, async (client) => {
    print(await decide(client, config.taskQueue, openProofs(config), verb, id, options));
    return 0;
  });
}

export async function rollback(config: Config, options: RollbackOptions): Promise<number> {
  const { rollBack } = await import('./rollback.js');
  const { watchOf } = await import('./watch-run.js');
  const { openProofs } = await import('../compose/open-identities.js');
  const { openProject } = await import('../compose/project.js');
  return withClient(config, async (client) => {
    const watch = watchOf(config, client, true);
    const { text, code } = await rollBack(client, await openProject(config), openProofs(config), options, watch);
    print(text);
    return code;
  });
}

export async function predict(config: Config, json: string, options: { definition: string }): Promise<number> {
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch (error) {
    throw new Error(
      'The argument of predict is not JSON: give one object like {"r":43.3,"g":30.8,"b":25.9,"hb":6.3}.',
      {
        cause: error,
      },
    );
  }
  const { loadDefinition } = await import('../definition/definition.js');
  const { deployment } = await loadDefinition(options.definition);
  const { openDeployer } = await import('../compose/open-deployer.js');
  const { askFunction } = await import('./ask-function.js');
  const { patiently } = await import('../client/patience.js');
  const { isListening } = await import('../local/probe.js');
  const { refuseOtherHome } = await import('../local/addresses.js');
  if (config.lambda.kind === 'local') await refuseOtherHome(config);
  if (config.lambda.kind === 'local' && !(await isListening(config.ports.lambda, config.lambdaHost)))
    throw new Error(
      `Nothing listens at ${config.lambda.endpoint}: the local stack does not run; start it with npm run stack.`,
    );
  const asked = askFunction({ config, deployer: openDeployer(config), deployment }, event);
  const answer = await patiently(`function ${deployment.functionName}:${deployment.alias}`, asked);
  print(JSON.stringify(answer.payload));
  const refused = typeof answer.payload === 'object' && answer.payload !== null && 'error' in answer.payload;
  return answer.functionError === null && !refused ? 0 : 1;
}
