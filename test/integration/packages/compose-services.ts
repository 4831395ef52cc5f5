import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { CHECKOUT } from '../../system/containers/dockerfile.js';
import { withoutSettings } from '../../support/cli.js';
import { until } from '../../support/until.js';

interface Service {
  command?: string[];
  environment: Record<string, string>;
}

/** Runs services of compose.yaml as processes of this machine, within one test. @param places what stands for addresses of containers */
export async function openServices(places: Record<string, string>) {
  const text = await readFile(join(CHECKOUT, 'compose.yaml'), 'utf8');
  const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
  const settingOf = (value: string) => {
    const plain = value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
    return places[plain] ?? plain;
  };

  /** @param settings what differs for a process of this machine, like ports of its own */
  function start(name: string, settings: Record<string, string>, command = services[name]!.command ?? ['worker']) {
    const given = Object.entries(services[name]!.environment).map(([key, value]) => [key, settingOf(value)] as const);
    const env = { ...withoutSettings(process.env), ...Object.fromEntries<string>(given), ...settings };
    const child = spawn(process.execPath, [inject('client'), ...command], { env, cwd: CHECKOUT });
    onTestFinished(() => void child.kill('SIGKILL'));
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => (printed += part.toString()));
    return { child, printed: () => printed };
  }

  return {
    start,
    /** Starts one that stays, and waits until it says this. */
    async startAndHear(name: string, settings: Record<string, string>, words: string): Promise<ChildProcess> {
      const { child, printed } = start(name, settings);
      await until(
        () => {
          if (child.exitCode !== null) throw new Error(`${name} ended: ${printed()}`);
          return printed();
        },
        (text) => text.includes(words),
      );
      return child;
    },
    /** Runs another command of one to its end. @throws Error with what it printed when it fails */
    async run(name: string, settings: Record<string, string>, command?: string[]): Promise<string> {
      const { child, printed } = start(name, settings, command);
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0) throw new Error(`${name} ended with ${String(code)}: ${printed()}`);
      return printed();
    },
  };
}
