import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineReport } from '../src/contracts/pipeline.js';
import { findStack } from '../src/local/state.js';
import { type Config, readConfig } from '../src/config/config.js';
import { reportOf, ROOT, runProgram } from './measure.js';

const CLIENT = 'scripts/cli.mjs';

/** A local stack of the bench's own, in a temporary home and on free ports. */
export interface BenchStack {
  config: Config;
  env: NodeJS.ProcessEnv;
  /** Runs `start-pipeline --json` as a process of its own; the first run starts the stack. */
  startPipeline: (options: string[]) => Promise<{ seconds: number; report: PipelineReport }>;
  /** Process id of the worker that runs now. */
  workerPid: () => Promise<number>;
}

/** Lends a stack, and stops and removes it afterwards, also on an interrupt from the keyboard. */
export async function withStack<T>(use: (stack: BenchStack) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'mlops-bench-'));
  const [temporal, ui, lambda, reports] = await freePorts(4);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    MLOPS_HOME: home,
    MLOPS_TEMPORAL_PORT: String(temporal),
    MLOPS_UI_PORT: String(ui),
    MLOPS_LAMBDA_PORT: String(lambda),
    MLOPS_REPORTS_PORT: String(reports),
  };
  for (const name of ['TEMPORAL_ADDRESS', 'MLOPS_DEPLOY_TO']) Reflect.deleteProperty(env, name);
  const config = readConfig(env);
  const stop = () => void spawnSync(process.execPath, [CLIENT, 'stop'], { cwd: ROOT, env, stdio: 'ignore' });
  const interrupted = () => {
    stop();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    return await use({
      config,
      env,
      async startPipeline(options) {
        const run = await runProgram(process.execPath, [CLIENT, 'start-pipeline', '--json', ...options], env);
        return { seconds: run.seconds, report: reportOf(run) as PipelineReport };
      },
      async workerPid() {
        const pid = (await findStack(config))?.workerPid ?? null;
        if (pid === null) throw new Error(`The stack of the bench in ${home} has no worker; see its logs.`);
        return pid;
      },
    });
  } finally {
    process.off('SIGINT', interrupted);
    stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Ports that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}
