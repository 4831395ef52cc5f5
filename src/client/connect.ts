import {
  Client,
  type ClientOptions,
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import type { Config } from '../config/config.js';
import { programCommand } from '../contracts/commands.js';
import { computeQueue } from '../contracts/names.js';
import { asTheStack, refuseOtherHome, withFreePorts, isListening } from '../local/addresses.js';
import { ensureStack } from '../local/ensure.js';
import { findStack } from '../local/state.js';
import { openDataConverter } from '../vendors/temporal/codec/data-converter.js';
import { addressOf, isAway, patiently, SILENCE_MS, silenced, tellPerson, unanswered } from './patience.js';
import { ensureSearchAttributes } from './search-attributes.js';

/** How long an address may take to answer. */
const CONNECT_TIMEOUT_MS = 8000;

/** Task queues of runs, with the number of their kind in temporal.api.enums.v1.TaskQueueType. */
const queuesOf = (taskQueue: string) => [
  { taskQueue: { name: taskQueue }, taskQueueType: 1 },
  { taskQueue: { name: computeQueue(taskQueue) }, taskQueueType: 2 },
];

/** What a connection is for. */
interface Purpose {
  /** Starts runs, so the namespace has to have the search attributes that they set. */
  startsRuns?: boolean;
}

/** Connects to Temporal; each call has a deadline. @throws Error with the address and the remedy */
export async function connect(config: Config, { startsRuns = false }: Purpose = {}): Promise<Client> {
  const address = addressOf(config);
  // The client would ask a closed port of this machine again and again until its time is over.
  if (!config.externalTemporal && !(await isListening(config.ports.temporal))) throw await unanswered(config);
  await refuseOtherHome(config);
  const connection = await patiently(`Temporal at ${address}`, openConnection(config, address));
  if (startsRuns) await orSilenced(config, () => ensureSearchAttributes(connection, config.namespace));
  return new Client({
    connection,
    namespace: config.namespace,
    ...(await tracedClient(config)),
    dataConverter: await openDataConverter(config.codec),
  });
}

/** What was asked of a server; one that does not answer any more is told in a sentence. */
export async function orSilenced<T>(config: Config, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw isAway(error) ? await silenced(config, error) : error;
  }
}

async function openConnection(config: Config, called: string): Promise<Connection> {
  const { address, tls, apiKey, metadata } = config.temporal.connectionOptions;
  try {
    return await Connection.connect({
      ...(address === undefined ? {} : { address }),
      ...(tls === undefined ? {} : { tls }),
      ...(typeof apiKey === 'string' ? { apiKey } : {}),
      ...(metadata === undefined ? {} : { metadata }),
      connectTimeout: CONNECT_TIMEOUT_MS,
      interceptors: [boundedCalls(called)],
    });
  } catch (error) {
    throw await unanswered(config, error);
  }
}

/** Where commands are traced, their runs stand below them. */
async function tracedClient({ telemetry }: Config): Promise<Pick<ClientOptions, 'interceptors'>> {
  if (telemetry.traces === null) return {};
  const { OpenTelemetryWorkflowClientInterceptor } = await import('@temporalio/interceptors-opentelemetry');
  return { interceptors: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] } };
}

/**
 * The configuration with the addresses of the local stack, which is started when none runs in this home.
 * @param anyPorts free ones are chosen for a stack that is to be started
 */
export async function ofStack(config: Config, anyPorts: boolean, say: (line: string) => void): Promise<Config> {
  if (config.externalTemporal) return config;
  const free = anyPorts && (await findStack(config)) === null;
  const { status, started } = await ensureStack(free ? await withFreePorts(config) : config, say);
  if (started)
    say(
      `Started the local stack: Web UI ${status.ui ?? '-'}, reports ${status.reports}, logs in ${status.logs}, stop it with ${programCommand('stop')}.`,
    );
  return asTheStack(config);
}

/** Connects with the configuration of a stack, and says which of its task queues nobody works on. */
export async function connectToStack(config: Config, say: (line: string) => void): Promise<Client> {
  const client = await connect(config, { startsRuns: true });
  for (const queue of await unattended(client, config.taskQueue))
    say(
      `No worker listens on task queue ${queue} there; start one with ${programCommand('worker')}, the run waits for it.`,
    );
  return client;
}

/** Task queues without a worker. */
async function unattended({ workflowService, options }: Client, own: string): Promise<string[]> {
  const { namespace } = options;
  const queues = queuesOf(own);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enum is in a package of the SDK's own
  const asked = queues.map((queue) => workflowService.describeTaskQueue({ namespace, ...queue }));
  const answers = await Promise.all(asked);
  return queues.flatMap(({ taskQueue }, index) => (answers[index]!.pollers.length > 0 ? [] : [taskQueue.name]));
}

/** Lends a connection to Temporal. @throws Error with the address and the remedy when it does not answer any more */
export async function withClient<T>(
  config: Config,
  use: (client: Client) => Promise<T>,
  purpose: Purpose = {},
): Promise<T> {
  const client = await connect(config, purpose);
  try {
    return await orSilenced(config, () => use(client));
  } finally {
    await client.connection.close();
  }
}

/** Sees each call to a server on its way out. */
type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

/** A server answers within this time, tries after failures included, or is taken to be away. */
const ANSWER_MS = 10_000;

/** The same for calls that the server itself lets wait, for at most 20 s. */
const LONG_POLL_MS = 30_000;

const LONG_POLLS = ['GetWorkflowExecutionHistory', 'PollWorkflowExecutionUpdate', 'UpdateWorkflowExecution'];

/** The SDK's call of connecting: whoever connects tells of that. */
const CONNECTING = 'GetSystemInfo';

/** Calls that wait together are told of once. */
const TOGETHER_MS = 1000;

const tryAgain = makeGrpcRetryInterceptor(defaultGrpcRetryOptions());

/**
 * Ends each call of a connection that brings no deadline of its own, tries it again as the SDK would, and says after 5 s what
 * is waited for and how often that was tried. The one place that bounds calls of commands: also a server that froze ends them.
 */
function boundedCalls(address: string, say: (line: string) => void = tellPerson): Interceptor {
  let toldAt = -Infinity;
  return (options, nextCall) => {
    const name = options.method_definition.path.split('/').at(-1)!;
    const isLong = LONG_POLLS.includes(name);
    let attempt = 0;
    const deadline = options.deadline ?? Date.now() + (isLong ? LONG_POLL_MS : ANSWER_MS);
    const call = tryAgain({ ...options, deadline }, (again) => {
      attempt++;
      return nextCall(again);
    });
    if (isLong || name === CONNECTING) return call;
    const tell = () => {
      if (performance.now() - toldAt < TOGETHER_MS) return;
      toldAt = performance.now();
      say(`Waiting for Temporal at ${address} since ${SILENCE_MS / 1000} s (${name}, attempt ${attempt}).`);
    };
    const start = call.start.bind(call);
    call.start = (metadata, listener) => {
      const timer = setTimeout(tell, SILENCE_MS);
      start(metadata, {
        ...listener,
        onReceiveStatus(status) {
          clearTimeout(timer);
          listener?.onReceiveStatus?.(status);
        },
      });
    };
    return call;
  };
}
