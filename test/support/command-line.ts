import { AsyncLocalStorage } from 'node:async_hooks';
import { Command } from 'commander';
import { vi } from 'vitest';

/** What commands say on stderr, each in the context it was started in. */
const speaker = new AsyncLocalStorage<{ text: string }>();

/** A command that runs in this process. */
export interface Running {
  /** What it has said on stderr until now. */
  said: () => string;
  ended: Promise<void>;
}

/**
 * The command line as people run it, but in this process: many commands at once cost little more than one. Their answers on
 * stdout are dropped.
 * @returns what starts a command; its settings hold until it first waits for something, `environment` for all its time
 */
export async function loadCommandLine(environment: NodeJS.ProcessEnv) {
  process.env = environment;
  let program: Command | undefined;
  vi.spyOn(Command.prototype, 'parseAsync').mockImplementationOnce(function (this: Command) {
    program = this; // eslint-disable-line @typescript-eslint/no-this-alias -- the table of commands keeps it to itself
    return Promise.resolve(this);
  });
  const { argv } = process;
  process.argv = ['node', 'client', 'help']; // for which all commands are loaded
  await import('../../src/client.js');
  const commands = await vi.waitUntil(() => program, { timeout: 60_000 }); // it loads them after its own end
  process.argv = argv;
  const write = process.stderr.write.bind(process.stderr);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    const heard = speaker.getStore();
    if (heard === undefined) return write(text);
    heard.text += String(text);
    return true;
  });
  return (args: string[], settings: NodeJS.ProcessEnv): Running => {
    process.env = { ...environment, ...settings };
    const heard = { text: '' };
    const ended = speaker.run(heard, async () => {
      await commands.parseAsync(args, { from: 'user' });
    });
    process.env = environment;
    return { said: () => heard.text, ended: ended.finally(() => (process.exitCode = 0)) };
  };
}
