import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.js';

/** Lends a connection to Temporal. @throws Error with the address and the remedy when it does not answer any more */
export async function withClient<T>(config: Config, use: (client: Client) => Promise<T>): Promise<T> {
  const { connect, orSilenced } = await import('./connect.js');
  const client = await connect(config);
  try {
    return await orSilenced(config, () => use(client));
  } finally {
    await client.connection.close();
  }
}
