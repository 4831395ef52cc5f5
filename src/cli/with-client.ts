import type { Client } from '@temporalio/client';
import type { Config } from '../config.js';

/** Lends a connection to Temporal. */
export async function withClient<T>(config: Config, use: (client: Client) => Promise<T>): Promise<T> {
  const { connect } = await import('./connect.js');
  const client = await connect(config);
  try {
    return await use(client);
  } finally {
    await client.connection.close();
  }
}
