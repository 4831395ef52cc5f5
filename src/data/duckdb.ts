import { availableParallelism } from 'node:os';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** More threads gain little for tables of this kind and cost buffers. */
const MAX_THREADS = 4;
/** Beyond this DuckDB moves data to its temporary folder. */
const MEMORY_LIMIT = '600MB';

/** Quotes a name for SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text for SQL. NUL cannot occur in one. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Quotes the path of one file for a table function, which would take `*`, `?` and `[` for patterns. */
export function fileLiteral(path: string): string {
  return literal(path.replace(/[*?[]/g, '[$&]'));
}

/**
 * Runs `work` on a fresh in-memory database which keeps row order and loads no extensions.
 * DuckDB quotes cell values in its messages: whatever it throws is replaced by `onFailure()`, without a cause.
 * @param directory Where data goes that does not fit in memory.
 */
export async function withDatabase<T>(
  options: { directory: string; onFailure: () => Error; signal?: AbortSignal | undefined },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(Math.min(MAX_THREADS, availableParallelism())),
    memory_limit: MEMORY_LIMIT,
    temp_directory: options.directory,
    preserve_insertion_order: 'true',
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const interrupt = () => {
    connection.interrupt();
  };
  options.signal?.addEventListener('abort', interrupt, { once: true });
  try {
    return await work(new Database(connection, options.onFailure, options.signal));
  } finally {
    options.signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
  }
}

/** A connection whose failures carry no data. */
export class Database {
  constructor(
    private readonly connection: DuckDBConnection,
    private readonly onFailure: () => Error,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Runs a statement for its effect. */
  async run(sql: string): Promise<void> {
    await this.guard(() => this.connection.run(sql));
  }

  /** All rows of a small result, as plain values. */
  async rows(sql: string): Promise<unknown[][]> {
    return this.guard(async () => (await this.connection.runAndReadAll(sql)).getRowsJS());
  }

  /** Hands over a large result of number columns, chunk by chunk. */
  async eachChunk(sql: string, visit: (columns: NumberColumn[], rows: number) => void): Promise<void> {
    const result = await this.guard(() => this.connection.stream(sql));
    for (;;) {
      const chunk = await this.guard(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      const columns = Array.from({ length: chunk.columnCount }, (_, index) => chunk.getColumnVector(index));
      visit(columns as unknown as NumberColumn[], chunk.rowCount);
    }
  }

  private async guard<T>(query: () => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted();
    try {
      return await query();
    } catch {
      this.signal?.throwIfAborted();
      throw this.onFailure();
    }
  }
}

/** One column of a chunk. */
export interface NumberColumn {
  getItem(row: number): number | null;
}
