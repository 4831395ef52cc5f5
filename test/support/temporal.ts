import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';
import { ensureSearchAttributes } from '../../src/client/search-attributes.js';
import { quietTemporal } from './temporal-server.js';

const { RegisterNamespaceRequest } = temporal.api.workflowservice.v1;

/** How long a namespace keeps what has ended: longer than any run of tests takes. */
const RETENTION_SECONDS = 24 * 60 * 60;

/** Makes a namespace with our search attributes and nothing in it, and gives its name. */
export async function createNamespace(connection: Connection): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  const workflowExecutionRetentionPeriod = { seconds: RETENTION_SECONDS };
  await connection.workflowService.registerNamespace(
    RegisterNamespaceRequest.fromObject({ namespace, workflowExecutionRetentionPeriod }),
  );
  await ensureSearchAttributes(connection, namespace);
  return namespace;
}

/** Connects to the Temporal server of this run of tests, which all files share, in a new namespace: `client.options.namespace`. */
export async function connectTemporal(): Promise<TestWorkflowEnvironment> {
  quietTemporal();
  const address = inject('temporal');
  const connection = await Connection.connect({ address });
  const namespace = await createNamespace(connection);
  await connection.close();
  return TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
}
