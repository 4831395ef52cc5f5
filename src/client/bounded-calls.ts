import { type ConnectionOptions, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { tellPerson } from './patience.js';

/** Sees each call to a server on its way out. */
type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

/** A server answers within this time, tries after failures included, or is taken to be away. */
const ANSWER_MS = 10_000;

/** The same for calls that the server itself lets wait, for at most 20 s. */
const LONG_POLL_MS = 30_000;

const LONG_POLLS = ['GetWorkflowExecutionHistory', 'PollWorkflowExecutionUpdate', 'UpdateWorkflowExecution'];

/** The SDK's call of connecting: whoever connects tells of that. */
const CONNECTING = 'GetSystemInfo';

/** What takes longer is told of. */
const SILENCE_MS = 5000;

/** Calls that wait together are told of once. */
const TOGETHER_MS = 1000;

const tryAgain = makeGrpcRetryInterceptor(defaultGrpcRetryOptions());

/**
 * Ends each call of a connection that brings no deadline of its own, tries it again as the SDK would, and says after 5 s what
 * is waited for and how often that was tried. The one place that bounds calls of commands: also a server that froze ends them.
 */
export function boundedCalls(address: string, say: (line: string) => void = tellPerson): Interceptor {
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
