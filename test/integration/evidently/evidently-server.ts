import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { freePorts, makeDirectory } from '../../support/temp.js';
import { type ServiceProcess, startService } from '../service-process.js';
import { serviceProgram } from '../services.js';

/** Needed for writing. */
export const SECRET = 'a-secret-for-writing';

const READER = fileURLToPath(new URL('evidently_workspace.py', import.meta.url));

/** A project as Evidently's own client reads it. */
export interface ReadProject {
  id: string;
  name: string;
  tabs: { title: string; panels: string[] }[];
  panels: { id: string; title: string }[];
  /** What the server draws: values over time by panel and column, `''` for those of no column. */
  series: Record<string, Record<string, (number | null)[]>>;
  snapshots: ReadSnapshot[];
}

export interface ReadSnapshot {
  id: string;
  name: string;
  metadata: Record<string, string>;
  tags: string[];
  timestamp: string;
  /** By the names that Evidently gives them. */
  metrics: { id: string; name: string; value: number | { count: number; share: number } }[];
  /** What Evidently itself calls each of the metrics. */
  fingerprints: string[];
  tests: { name: string; status: string }[];
  /** Characters of the page that Evidently makes of it. */
  html: number;
}

/** Starts an Evidently workspace server, empty, with a port of its own and a secret for writing. */
export async function startEvidently() {
  const [[port], directory] = [await freePorts(1), await makeDirectory()];
  const url = `http://127.0.0.1:${port}`;
  const workspace = join(directory, 'workspace');
  const args = ['ui', '--workspace', workspace, '--port', String(port), '--secret', SECRET];
  let running: ServiceProcess | null = null;
  const start = async () => {
    const env = { DO_NOT_TRACK: '1' };
    running = await startService('evidently', args, { healthUrl: `${url}/api/version`, directory, env });
  };
  const stop = async () => {
    await running?.stop();
    running = null;
  };
  await start();
  const read = async (): Promise<ReadProject[]> => {
    const limit = { maxBuffer: 64 << 20 };
    const { stdout } = await promisify(execFile)(serviceProgram('python'), [READER, url, SECRET, workspace], limit);
    return JSON.parse(stdout) as ReadProject[];
  };
  return {
    url,
    /** Holds its workspace. */
    directory,
    start,
    stop,
    async close() {
      await stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
    /** All projects, by Evidently's own client. */
    read,
    /** The only one of this name. */
    async project(name: string): Promise<ReadProject> {
      const found = (await read()).filter((project) => project.name === name);
      expect(found, name).toHaveLength(1);
      return found[0]!;
    },
  };
}

export type EvidentlyServer = Awaited<ReturnType<typeof startEvidently>>;
