import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contracts/names.js';

const KEYWORD = 2; // temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD

/** Status of gRPC for a query that names an unknown attribute. */
const INVALID_ARGUMENT = [3];
/** PERMISSION_DENIED and UNIMPLEMENTED: Temporal Cloud has no operator calls. */
const REFUSED = [7, 12];

/**
 * Registers the search attributes that runs set, on a server that does not have them: without them no run would get on.
 * A server that refuses operator calls is only asked whether it has them.
 * @throws Error with the commands that an administrator can run
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const listed = await unlessRefused(connection.operatorService.listSearchAttributes({ namespace }));
  const missing =
    listed === null
      ? await unknownToQueries(connection, namespace)
      : SEARCH_ATTRIBUTES.filter((name) => !(name in listed.customAttributes));
  if (missing.length === 0) return;
  if (listed === null) throw lacking(namespace, missing);
  try {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    throw lacking(namespace, missing, error);
  }
}

/** Attributes that no query may name; none where queries are refused too. */
async function unknownToQueries({ workflowService }: Connection, namespace: string): Promise<string[]> {
  const isKnown = async (names: readonly string[]) => {
    const query = names.map((name) => `${name} = 'none'`).join(' AND ');
    try {
      await unlessRefused(workflowService.countWorkflowExecutions({ namespace, query }));
      return true;
    } catch (error) {
      if (hasStatus(error, INVALID_ARGUMENT)) return false;
      throw error;
    }
  };
  if (await isKnown(SEARCH_ATTRIBUTES)) return [];
  const known = await Promise.all(SEARCH_ATTRIBUTES.map((name) => isKnown([name])));
  return SEARCH_ATTRIBUTES.filter((_, index) => !known[index]);
}

async function unlessRefused<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (hasStatus(error, REFUSED)) return null;
    throw error;
  }
}

const hasStatus = (error: unknown, codes: readonly number[]) => isGrpcServiceError(error) && codes.includes(error.code);

function lacking(namespace: string, missing: readonly string[], cause?: unknown): Error {
  const options = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
  const ofCloud = missing.map((name) => `--search-attribute ${name}=Keyword`).join(' ');
  return new Error(
    `Namespace ${namespace} lacks the search attributes ${missing.join(', ')}; an administrator can run: temporal operator search-attribute create --namespace ${namespace} ${options} - or for Temporal Cloud: tcld namespace search-attributes add --namespace ${namespace} ${ofCloud}`,
    { cause },
  );
}
