import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contracts/pipeline.js';

const KEYWORD = 2; // temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD

/**
 * Registers the search attributes that runs set, on a server that does not have them: without them no run could start.
 * @throws Error with the command that an administrator can run
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = SEARCH_ATTRIBUTES.filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  try {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    const options = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    throw new Error(
      `Namespace ${namespace} lacks the search attributes ${missing.join(', ')}; an administrator can run: temporal operator search-attribute create --namespace ${namespace} ${options}`,
      { cause: error },
    );
  }
}
