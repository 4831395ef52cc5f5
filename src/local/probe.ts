import { connect } from 'node:net';

/** How long a server on this machine may take to answer. */
const PROBE_TIMEOUT_MS = 2000;

/** What listens on a port of this machine. */
export type Listener = 'nothing' | 'temporal' | 'other';

/** Whether anything listens, and whether it speaks Temporal. */
export async function probeTemporal(port: number): Promise<Listener> {
  if (!(await isListening(port))) return 'nothing';
  const { Connection } = await import('@temporalio/client'); // most callers only ask whether anything listens
  try {
    const connection = await Connection.connect({
      address: `127.0.0.1:${port}`,
      connectTimeout: PROBE_TIMEOUT_MS,
    });
    await connection.close();
    return 'temporal';
  } catch {
    return 'other'; // it accepts connections but does not answer as Temporal does
  }
}

/** Whether a TCP connection is accepted. */
export function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: PROBE_TIMEOUT_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
