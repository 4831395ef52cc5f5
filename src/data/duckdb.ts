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

/** What a database may read and write, and what its failures become. */
export interface DatabaseOptions {
  /** The one file that is read. */
  source: string;
  /** A folder whose files alone are written: what does not fit in memory goes there. It need not be there. */
  directory: string;
  onFailure: () => Error;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `work` on a fresh in-memory database which keeps row order, loads no extensions and reaches no other file than it
 * is told here, whatever a statement asks for. Only the number of threads can still be changed.
 * DuckDB quotes cell values in its messages: whatever it throws is replaced by `onFailure()`, without a cause.
 */
export async function withDatabase<T>(options: DatabaseOptions, work: (database: Database) => Promise<T>): Promise<T> {
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
    const database = new Database(connection, options.onFailure, options.signal);
    for (const setting of confinement(options)) await database.run(setting);
    return await work(database);
  } finally {
    options.signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
  }
}

/** Settings that keep a database to its files, in the order in which they still can be made. */
function confinement({ source, directory }: DatabaseOptions): string[] {
  return [
    `SET allowed_paths = [${literal(source)}, ${fileLiteral(source)}]`,
    `SET allowed_directories = [${literal(directory)}]`,
    `SET allowed_configs = ['threads']`,
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ];
}

/** A connection that takes one statement at a time, and whose failures carry no data. */
export class Database {
  constructor(
    private readonly connection: DuckDBConnection,
    private readonly onFailure: () => Error,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Runs a statement for its effect. */
  async run(sql: string): Promise<void> {
    await this.guard(async () => (await this.connection.prepare(sql)).run());
  }

  /** All rows of a small result, as plain values. */
  async rows(sql: string): Promise<unknown[][]> {
    return this.guard(async () => (await (await this.connection.prepare(sql)).runAndReadAll()).getRowsJS());
  }

  /** Hands over a large result of number columns, chunk by chunk. */
  async eachChunk(sql: string, visit: (columns: NumberColumn[], rows: number) => void): Promise<void> {
    const result = await this.guard(async () => (await this.connection.prepare(sql)).stream());
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
