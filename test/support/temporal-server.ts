import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { readConfig } from '../../src/config/config.js';
import { SEARCH_ATTRIBUTES } from '../../src/contracts/names.js';
import { findServerBinary } from '../../src/local/server-binary.js';
import { SERVER_SETTINGS } from '../../src/local/temporal-server.js';

/** Path of a Temporal server, made when this machine has none yet. */
export function serverBinary(): Promise<string> {
  const { cache, environment } = readConfig();
  return findServerBinary({ environment, cache, say: (line) => process.stderr.write(`${line}\n`) });
}

/** Only what goes wrong is worth a line of a test's output. */
export function quietTemporal(): void {
  if (Runtime._instance === undefined) Runtime.install({ logger: new DefaultLogger('ERROR') });
}

/** The SDK gives a server five seconds to answer, which a busy machine may need for another program. */
const STARTS = 4;

/** Starts a dev server on a free port, in memory, with our search attributes and the settings of the local stack. */
export async function startTemporal(): Promise<TestWorkflowEnvironment> {
  quietTemporal();
  const start = async () =>
    TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path: await serverBinary() },
        extraArgs: [
          ...SERVER_SETTINGS.flatMap((setting) => ['--dynamic-config-value', setting]),
          ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
        ],
      },
    });
  for (let left = STARTS - 1; ; left--)
    try {
      return await start();
    } catch (error) {
      if (left === 0) throw error;
    }
}
