import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { ROOT } from './measure.js';

/** A server that is measured, in a process of its own. */
export interface Server {
  url: string;
  close: () => Promise<void>;
}

/**
 * Starts a server that sends its URL to the parent once it listens, and that ends when the parent disconnects. What it
 * prints goes to `log`, so that nobody has to read it meanwhile.
 * @throws Error when it ends without listening
 */
export async function startServer(args: string[], log: string): Promise<Server> {
  const file = await open(log, 'a');
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', file.fd, 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve())); // no close after our disconnect
  await file.close();
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(message as string));
    child.once('error', reject);
    void ended.then(() => reject(new Error(`${args.join(' ')} ended before it listened.`)));
  });
  return {
    url,
    async close() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
