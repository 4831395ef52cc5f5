import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.js';

const queueOf = (env: NodeJS.ProcessEnv) => readConfig(env).taskQueue;

describe('the task queue of a project', () => {
  it('is given, else that of its home or bucket, whatever directory a worker runs in', () => {
    const [one, other] = [queueOf({ MLOPS_HOME: '/one' }), queueOf({ MLOPS_HOME: '/other' })];
    expect(one).toMatch(/^mlops-[0-9a-f]{8}$/);
    expect(queueOf({ MLOPS_HOME: '/one/../one/' })).toBe(one);
    expect(other).not.toBe(one);
    const inBucket = { MLOPS_STORAGE: 's3://bucket/prefix' };
    expect(queueOf({ ...inBucket, MLOPS_HOME: '/one' })).toBe(queueOf({ ...inBucket, MLOPS_HOME: '/other' }));
    expect(queueOf({ ...inBucket, MLOPS_HOME: '/one' })).not.toBe(one);
    expect(queueOf({ MLOPS_HOME: '/one', MLOPS_TASK_QUEUE: 'anemia-prod' })).toBe('anemia-prod');
  });

  it.each(['a.b', '-a', 'a b', "a' OR 'b", 'x'.repeat(64)])('is refused as %j', (given) => {
    expect(() => queueOf({ MLOPS_TASK_QUEUE: given })).toThrow('MLOPS_TASK_QUEUE is not a task queue: give 1 to 63');
  });
});
