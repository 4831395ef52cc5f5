#!/usr/bin/env node
import { Command } from 'commander';
import * as people from './cli/approver-commands.js';
import * as commands from './cli/commands.js';
import * as models from './cli/model-commands.js';
import * as monitoring from './cli/monitoring-commands.js';
import * as stack from './cli/stack-commands.js';
import { forTerminal, parserSays } from './cli/output.js';
import { run } from './cli/run-command.js';

const program = new Command('anemia-mlops').description(
  'From a table to a served model: ingest, train, validate, register, deploy, as durable workflows.',
);

// What a person typed comes back in messages of the parser.
program.configureOutput({
  writeOut: (text) => process.stdout.write(forTerminal(text)),
  writeErr: (text) => process.stderr.write(forTerminal(text)),
  outputError: (text, write) => write(parserSays(text)),
});

/** Of commands that start the local stack. */
const PORTS = ['--ports <how>', 'auto: a free port for each part of the local stack whose usual one is taken'] as const;

const DEFINITION = 'pipelines/anemia.json';
const BY = 'who you are, by default as that can be proved; without a key of this name on this machine, only claimed';

program
  .command('start-pipeline')
  .description('train, validate and deploy a model; starts the local stack when nothing runs yet')
  .option('--definition <file>', 'what to learn, from which data, by which rules', DEFINITION)
  .option('--dataset <uri>', 'CSV or Parquet file to learn from: path, file:, http:, https: or s3:')
  .option('--set <key=value>', 'override one key of the definition, repeatable', collect, [])
  .option('--json', 'print one JSON document on stdout, all else on stderr')
  .option('--no-wait', 'start the run and return')
  .option('--no-cache', 'compute every step anew')
  .addOption(program.createOption(...PORTS).choices(['auto']))
  .option('--by <name>', BY)
  .action(run(commands.startPipeline));

program
  .command('status')
  .description('how far a run is, the latest one without an id')
  .argument('[workflow]', 'workflow id')
  .option('--json', 'print JSON')
  .action(run(commands.status));

program
  .command('cancel')
  .description('stop a run, the latest one without an id; what serves keeps serving')
  .argument('[workflow]', 'workflow id')
  .action(run(commands.cancel));

const registered = program
  .command('models')
  .description(
    'registered versions: list them, follow one back to where it came from, compare two, export one, write off one that is lost',
  );

const VERSION = 'version number, alias like champion, or the first 6 or more digits of the hash in an answer';
const MODEL = ['--model <name>', 'which model, where several have such a version'] as const;

registered
  .command('list', { isDefault: true })
  .description('versions, newest first, and which one serves')
  .option('--json', 'print JSON')
  .action(run(models.listModels));

registered
  .command('show')
  .description(
    'from a served model back to its data, definition, commit, run and approval, its files hashed again; and from one of these to the versions that came from it',
  )
  .argument('<what>', `${VERSION}; or the beginning of a run id, or of the hash of data, definition or commit`)
  .option(...MODEL)
  .option('--json', 'print JSON')
  .action(run(models.showVersion));

registered
  .command('compare')
  .description('two versions on hold-out rows that neither was trained on, by the code of the gate')
  .argument('<a>', VERSION)
  .argument('<b>', 'the other one, likewise')
  .option(...MODEL)
  .option('--confidence <level>', 'level of the intervals', '0.9')
  .option('--json', 'print JSON')
  .action(run(models.compareVersions));

registered
  .command('export')
  .description('write model.json, ONNX and what MLflow needs to load it into a directory')
  .argument('<version>', VERSION)
  .requiredOption('--to <directory>', 'a new or empty one')
  .option(...MODEL)
  .action(run(models.exportVersion));

registered
  .command('write-off')
  .description(
    'say that a version whose record is gone is lost for good: its aliases go, and training goes on without it',
  )
  .argument('<version>', 'version number')
  .requiredOption('--model <name>', 'which model')
  .requiredOption('--because <reason>', 'for the log')
  .option('--by <name>', 'who says so, by default the user of the operating system')
  .action(run(models.writeOff));

registered
  .command('import')
  .description('not possible: versions come from runs alone')
  .argument('[file]', 'a model made elsewhere')
  .action(run(models.importModel));

program
  .command('history')
  .description('what happened to a model: who approved, what served, since when, by whom')
  .option('--model <name>', 'which model; every one by default')
  .option('--at <time>', 'only what served at this time, like 2026-11-24T09:30Z')
  .option(
    '--verify',
    'check the chain, its signatures and anchor, the versions and their files, and say what was checked',
  )
  .option('--json', 'print JSON')
  .action(run(commands.history));

for (const [verb, what, act] of [
  ['approve', 'let the model that waits be deployed', commands.approve],
  ['reject', 'stop the model that waits', commands.reject],
] as const)
  program
    .command(verb)
    .description(what)
    .argument('[workflow]', 'workflow id, the latest run by default')
    .option('--by <name>', BY)
    .requiredOption('--because <reason>', 'why')
    .option('--model <sha256>', 'the model you looked at, 12 digits or more of its hash')
    .action(run(act));

const approvers = program
  .command('approvers')
  .description('persons whose signed decisions count: list, add, or remove their keys');

approvers
  .command('list', { isDefault: true })
  .description('names, keys, and who enrolled them')
  .option('--json', 'print JSON')
  .action(run(people.listApprovers));

approvers
  .command('add')
  .description('enrol a key: your own, made when there is none on this machine, or the public one of somebody else')
  .argument('<name>', 'whose key it is')
  .option('--public-key <file>', 'PEM, or base64 of its 32 bytes, as add prints it')
  .option('--because <reason>', 'why', 'enrolled by hand')
  .action(run(people.addApprover));

approvers
  .command('remove')
  .description('take a key away: what it signed stays, it signs no more')
  .argument('<name>', 'whose key it is')
  .option('--because <reason>', 'why', 'removed by hand')
  .action(run(people.removeApprover));

program
  .command('rollback')
  .description('let a version serve again that served before')
  .requiredOption('--model <name>', 'which model')
  .option('--to <version>', 'which version, the one before the present by default')
  .option('--function <name>', 'function it serves behind, named after the model by default')
  .option('--alias <name>', 'alias of the function', 'live')
  .option('--by <name>', BY)
  .option('--because <reason>', 'why', 'rolled back by hand')
  .action(run(commands.rollback));

program
  .command('drift-check')
  .description('compare the latest predictions with what was known at training; only looks, unless told to act')
  .option('--definition <file>', 'whose model to check', DEFINITION)
  .option('--set <key=value>', 'override one key of the definition, repeatable', collect, [])
  .option('--window <duration>', 'how much of the past to look at, like 90m, 24h or 7d')
  .option('--to <time>', 'end of the window, now by default, like 2026-11-24T09:30Z')
  .option('--act', 'count, alert and retrain as a scheduled check would')
  .option('--json', 'print JSON')
  .action(run(monitoring.driftCheck));

program
  .command('schedules')
  .description('drift checks and retrainings that are scheduled; pause, resume or backfill one')
  .argument('[action]', 'pause, resume or backfill; lists them without')
  .argument('[schedule]', 'its id')
  .option('--because <reason>', 'why, for those who find it paused')
  .option('--from <time>', 'backfill: start of the past range')
  .option('--to <time>', 'backfill: end of the past range')
  .option('--json', 'print JSON')
  .action(run(monitoring.schedules));

program
  .command('feedback')
  .description('take in what turned out to be true of earlier predictions')
  .requiredOption('--file <csv>', 'CSV with the columns id, label and, for batches, row')
  .option('--definition <file>', 'whose predictions they are', DEFINITION)
  .option('--set <key=value>', 'override one key of the definition, repeatable', collect, [])
  .action(run(monitoring.feedback));

program
  .command('forget')
  .description('remove what is captured of a prediction, labels too, and write down that it was done')
  .requiredOption('--id <prediction id>', 'the id that its answer had')
  .option('--by <name>', 'who asks for it, your user name by default')
  .option('--because <reason>', 'why', 'removed on request')
  .action(run(monitoring.forget));

program
  .command('prune')
  .description('remove what is older than told; models, registry and monitoring log stay')
  .option('--captures <age>', 'captured predictions and labels, like 90d')
  .option('--reports <age>', 'reports of training runs and checks, like 365d')
  .action(run(monitoring.prune));

program
  .command('predict')
  .description('ask the deployed function')
  .argument('<json>', 'one event, like {"r":43.3,"g":30.8,"b":25.9,"hb":6.3}, or a batch')
  .option('--definition <file>', 'whose function to ask', DEFINITION)
  .action(run(commands.predict));

program
  .command('stack')
  .description('run the local stack in the foreground')
  .addOption(program.createOption(...PORTS).choices(['auto']))
  .addOption(program.createOption('--background', 'started by another command').hideHelp())
  .action(run(stack.stack));

program.command('stop').description('stop the local stack').action(run(stack.stop));

program
  .command('codec-server')
  .description('decrypt payloads for the Web UI, with the keys of the workers')
  .action(run(stack.codecServer));

program
  .command('lambda-endpoint')
  .description('run the Lambda-compatible endpoint alone, and capture what its functions predict')
  .action(run(stack.lambdaEndpoint));

program.command('worker').description('run a worker alone').action(run(stack.worker));

// A reader that has seen enough, like head, closes the pipe: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

await program.parseAsync();

function collect(value: string, all: string[]): string[] {
  return [...all, value];
}
