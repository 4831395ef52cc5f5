import { type BaseWorkflowHandle, type Client, QueryNotRegisteredError, type Workflow } from '@temporalio/client';

/** A worker that listens answers well within this time; without one the server would wait for much longer. */
const QUERY_TIMEOUT_MS = 3000;

/** What came of asking a run: only a worker can answer. */
export type Asked<T> = { answered: true; value: T | null } | { answered: false };

interface Queried extends Pick<BaseWorkflowHandle<Workflow>, 'workflowId'> {
  query: <T>(name: string) => Promise<T>;
}

/** Asks a run within seconds; the value of a workflow that does not know the question is `null`. */
export async function askRun<T>(client: Client, run: Queried, query: string): Promise<Asked<T>> {
  try {
    const value = await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () => run.query<T>(query));
    return { answered: true, value };
  } catch (error) {
    return error instanceof QueryNotRegisteredError ? { answered: true, value: null } : { answered: false };
  }
}
