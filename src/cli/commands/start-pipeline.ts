import { connectToStack, ofStack, orSilenced } from '../../client/connect.js';
import { reportRun } from '../../client/follow.js';
import { plainly, printableAll } from '../../contracts/text.js';
import { startRun, uiLink } from '../../client/runs.js';
import { openRegistry, openStore } from '../../compose/composition.js';
import { openProofs } from '../../compose/open-identities.js';
import { openProject } from '../../compose/project.js';
import type { Config } from '../../config/config.js';
import type { Definition } from '../../contracts/definition.js';
import { PipelineFailure } from '../../contracts/failures.js';
import { nothingKnown, type PipelineReport } from '../../contracts/pipeline.js';
import { loadDefinition } from '../../definition/definition.js';
import { exampleField } from '../../model/features.js';
import { parseModelDocument } from '../../model/model-document.js';
import { BY, DEFINITION, newCommand, portsOption, SET } from '../command-table.js';
import { note, print, typedCommand } from '../output.js';
import { run } from '../run-command.js';
import { summarize } from '../text/run-summary.js';

interface Options {
  definition: string;
  dataset?: string;
  set: string[];
  json?: true;
  wait: boolean;
  cache: boolean;
  ports?: 'auto';
  by?: string;
}

export const command = newCommand('start-pipeline')
  .description('train, validate and deploy a model; starts the local stack when nothing runs yet')
  .option('--definition <file>', 'what to learn, from which data, by which rules', DEFINITION)
  .option('--dataset <uri>', 'CSV or Parquet file to learn from: path, file:, http:, https: or s3:')
  .option(...SET)
  .option('--json', 'print one JSON document on stdout, all else on stderr')
  .option('--no-wait', 'start the run and return')
  .option('--no-cache', 'compute every step anew')
  .addOption(portsOption())
  .option('--by <name>', BY)
  .action(run(startPipeline));

/** 0 deployed, 3 refused by the gate, 4 not approved, 5 rolled back, 1 failed, 130 cancelled. */
const EXIT_CODES: Record<PipelineReport['outcome'], number> = {
  deployed: 0,
  refused: 3,
  rejected: 4,
  'rolled-back': 5,
  failed: 1,
  cancelled: 130,
};

async function startPipeline(config: Config, options: Options): Promise<number> {
  try {
    return await runPipeline(config, options);
  } catch (error) {
    if (!options.json) throw error;
    // Whoever reads the output by program gets a document also when the run could not be started.
    note(plainly(error));
    print(JSON.stringify(unstartedReport(error)));
    return 1;
  }
}

async function runPipeline(given: Config, options: Options): Promise<number> {
  const definition = await loadDefinition(options.definition, options.set, options.dataset);
  const say = options.json ? note : print;
  const config = await ofStack(given, options.ports === 'auto', say);
  return orSilenced(config, () => startAndFollow(config, definition, options, say));
}

async function startAndFollow(config: Config, definition: Definition, options: Options, say: typeof print) {
  const client = await connectToStack(config, say);
  try {
    const handle = await startRun(client, await openProject(config), openProofs(config), definition, options);
    const runId = handle.firstExecutionRunId;
    const ui = await uiLink(config, handle.workflowId, runId);
    say(`Run ${handle.workflowId}${ui === null ? '' : `\n${ui}`}`);
    if (!options.wait) {
      if (options.json) print(JSON.stringify({ workflowId: handle.workflowId, runId, ui }));
      return 0;
    }
    process.once('SIGINT', () => {
      note(
        `\nThe run goes on: ${typedCommand('status')} shows it, ${typedCommand('cancel')} stops it (${handle.workflowId}).`,
      );
      process.exit(EXIT_CODES.cancelled);
    });
    const live = process.stdout.isTTY && !options.json;
    const { liveProgress, plainProgress } = await import('../text/progress.js');
    const report = await reportRun(config, client, handle, runId, live ? liveProgress() : plainProgress(say));
    const { metric } = definition.selection;
    print(
      options.json
        ? JSON.stringify(report)
        : `\n${summarize(printableAll(report), metric, await curlLine(config, report))}`,
    );
    return EXIT_CODES[report.outcome];
  } finally {
    await client.connection.close();
  }
}

/** The report of a run that could not be started. */
function unstartedReport(error: unknown): PipelineReport {
  const { stages: _, ...nothing } = nothingKnown();
  const failure = {
    type: error instanceof PipelineFailure ? error.type : ('Failure' as const),
    message: plainly(error),
  };
  return { workflowId: '', runId: '', outcome: 'failed', reason: '', unchanged: false, failure, ...nothing, ui: null };
}

/** A curl line that asks the endpoint about an average patient, or `null` when the endpoint is not our own and of this machine. */
async function curlLine(config: Config, { model, endpoint }: PipelineReport): Promise<string | null> {
  if (model === null || endpoint === null || !new URL(endpoint.url).hostname.startsWith('127.')) return null;
  const registered = await openRegistry(config).version(model.name, model.version);
  const { features } = parseModelDocument(await openStore(config).get(registered.model));
  const event = Object.fromEntries(features.map((feature) => [feature.name, exampleField(feature)]));
  return `curl -s -d '${JSON.stringify(event)}' ${endpoint.url}`;
}
