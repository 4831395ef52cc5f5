/**
 * Gives work a signal that is aborted after a time, with a `TimeoutError`, or together with another signal. Not
 * `AbortSignal.any` over `AbortSignal.timeout`: Node may collect that timeout before it fires (nodejs/node#57736).
 */
export async function withTimeLimit<T>(
  signal: AbortSignal,
  milliseconds: number,
  use: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(new DOMException('It took too long.', 'TimeoutError')), milliseconds);
  signal.addEventListener('abort', stop);
  try {
    return await use(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
