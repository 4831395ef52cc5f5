import { holderInWords } from './port-holder.js';

/** Starts a server. @throws Error that says what to do when another program has its port */
export async function onPort<T>(
  port: number,
  what: string,
  variable: string,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(port);
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw await portTaken(port, what, variable, error);
    throw error;
  }
}

/** What is told when another program has a port. */
export const portTaken = async (port: number, what: string, variable: string, cause?: unknown) =>
  new Error(
    `Port ${port} of the ${what} is in use by ${await holderInWords(port)}: stop it, set ${variable} to a free port, or let free ones be chosen with --ports auto.`,
    { cause },
  );
