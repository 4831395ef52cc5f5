import { startChild, type Child, type ChildRequest, type ChildSpec, type HandlerResult } from './child.js';
import { ApiError } from './wire.js';

/** Processes of one version at most. */
const MAX_CHILDREN = 2;
/** Requests waiting for a process at most; more are throttled. */
const MAX_QUEUE = 1000;

/** The processes of one version: started when first needed, reused, ended when idle. */
export interface Pool {
  /** Runs a request on a free child, or waits for one. Throws `TooManyRequestsException` when too many wait. */
  invoke(request: ChildRequest): Promise<HandlerResult>;
  /** No new requests; running ones finish first unless `force` is set. */
  close(force: boolean): Promise<void>;
}

/** Makes a pool. `idleMilliseconds` after its last request a child is ended. */
export function createPool(spec: ChildSpec, idleMilliseconds: number): Pool {
  const idle: { child: Child; timer: NodeJS.Timeout }[] = [];
  const all = new Set<Child>();
  const queue: { resolve: (child: Child) => void; reject: (error: ApiError) => void }[] = [];
  const ending = new Set<Promise<void>>();
  let busy = 0;
  let closing = false;

  const discard = (child: Child): void => {
    all.delete(child);
    const ended = child.stop().finally(() => ending.delete(ended));
    ending.add(ended);
  };

  const start = (): Child => {
    const child = startChild(spec);
    all.add(child);
    return child;
  };

  const takeIdle = (): Child | null => {
    for (let entry = idle.pop(); entry; entry = idle.pop()) {
      clearTimeout(entry.timer);
      if (entry.child.alive) return entry.child;
      discard(entry.child);
    }
    return null;
  };

  const acquire = (): Promise<Child> => {
    if (closing) throw stopping();
    const free = takeIdle();
    if (free ?? busy < MAX_CHILDREN) {
      busy++;
      return Promise.resolve(free ?? start());
    }
    if (queue.length >= MAX_QUEUE) {
      throw new ApiError(
        'TooManyRequestsException',
        `More than ${MAX_QUEUE} requests wait for this version; retry later.`,
        'ConcurrentInvocationLimitExceeded',
      );
    }
    return new Promise((resolve, reject) => queue.push({ resolve, reject }));
  };

  /** Hands the child, or a new one in place of a dead one, to the next in the queue, or parks it. */
  const release = (child: Child): void => {
    const waiting = queue.shift();
    if (waiting) {
      if (!child.alive) discard(child);
      waiting.resolve(child.alive ? child : start());
      return;
    }
    busy--;
    if (!child.alive || closing) {
      discard(child);
      return;
    }
    const entry = {
      child,
      timer: setTimeout(() => {
        idle.splice(idle.indexOf(entry), 1);
        discard(child);
      }, idleMilliseconds).unref(),
    };
    idle.push(entry);
  };

  return {
    async invoke(request) {
      const child = await acquire();
      try {
        return await child.invoke(request);
      } finally {
        release(child);
      }
    },
    async close(force) {
      closing = true;
      for (let child = takeIdle(); child; child = takeIdle()) discard(child);
      if (force) {
        for (const waiting of queue.splice(0)) waiting.reject(stopping());
        for (const child of [...all]) discard(child);
      }
      await Promise.all(ending);
    },
  };
}

/** What a request is refused with once the endpoint is told to stop. */
export function stopping(): ApiError {
  return new ApiError('ServiceException', 'The local Lambda endpoint is stopping; start it and retry.');
}
