import type { Config } from '../../config/config.js';
import { startCapturingEndpoint, ENDPOINT_READY } from '../../local/capturing-endpoint.js';
import { newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run, signalled } from '../run-command.js';

export const command = newCommand('lambda-endpoint')
  .description('run the Lambda-compatible endpoint alone, and capture what its functions predict')
  .action(run(lambdaEndpoint, { serves: true, bucket: false }));

/** Serves functions and captures their predictions until a signal: the stack's endpoint, where its parts are containers. */
async function lambdaEndpoint(config: Config): Promise<number> {
  const endpoint = await startCapturingEndpoint(config, print);
  if (process.send) process.send(ENDPOINT_READY);
  else print(`Lambda endpoint listens on ${endpoint.url}; predictions are captured in ${config.captureUri}.`);
  await (process.send ? leftAlone() : signalled());
  await endpoint.close();
  if (process.connected) process.disconnect();
  return 0;
}

/** The stack tells its parts to end one by one, also when a terminal interrupts all of them; they end with it as well. */
const leftAlone = () =>
  new Promise<void>((resolve) => {
    process.on('SIGINT', () => undefined);
    process.once('SIGTERM', () => resolve());
    process.once('disconnect', () => resolve());
  });
