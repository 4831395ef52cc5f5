import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;

/** Everything that the server keeps of a run: its bytes, and the payloads in it by what encodes them. */
export async function kept(client: Client, workflowId: string) {
  const request = { namespace: client.options.namespace, execution: { workflowId } };
  const { history } = await client.workflowService.getWorkflowExecutionHistory(request);
  const described = await client.workflowService.describeWorkflowExecution(request);
  const bytes = Buffer.concat([
    History.encode(history!).finish(),
    proto.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse.encode(described).finish(),
  ]);
  return { bytes, payloads: [...payloadsOf(history, ''), ...payloadsOf(described, '')], events: history!.events! };
}

/** Payloads anywhere in an answer of the server, by their place in it. */
export function payloadsOf(value: unknown, path: string): { path: string; encoding: string; key: string }[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const { metadata } = value as { metadata?: Record<string, Uint8Array> };
  const text = (name: string) => Buffer.from(metadata?.[name] ?? []).toString();
  if (metadata?.['encoding'] instanceof Uint8Array)
    return [{ path, encoding: text('encoding'), key: text('encryption-key-id') }];
  return Object.entries(value).flatMap(([name, child]) => payloadsOf(child, `${path}.${name}`));
}
