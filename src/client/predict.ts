import type { Config } from '../config/config.js';
import { programCommand } from '../contracts/commands.js';
import type { DeploymentPolicy } from '../contracts/definition.js';
import { isListening, refuseOtherHome } from '../local/addresses.js';
import type { CallOptions, Deployer, InvokeAnswer } from '../deploy/deployer.js';

/** What a function may take besides its own limit: its start, for which Lambda allows as much. */
const START_SECONDS = 10;

/** Where an event goes to. */
export interface Asked {
  config: Config;
  deployer: Deployer;
  deployment: DeploymentPolicy;
}

/**
 * Answer of the deployed function to one event.
 * @throws Error when no local stack runs where it is deployed, it is not deployed, or does not answer in its time
 */
export async function askFunction({ config, deployer, deployment }: Asked, event: unknown): Promise<InvokeAnswer> {
  const { functionName, alias } = deployment;
  if (config.lambda.kind === 'local') {
    await refuseOtherHome(config);
    if (!(await isListening(config.ports.lambda, config.lambdaHost)))
      throw new Error(
        `Nothing listens at ${config.lambda.endpoint}: the local stack does not run; start it with ${programCommand('stack')}.`,
      );
  }
  const limit = deployment.function.timeoutSeconds + START_SECONDS;
  return inTime(config, `${functionName}:${alias}`, limit, async (call) => {
    if ((await deployer.describe({ functionName, alias }, call)) === null)
      throw new Error(
        `Nothing is deployed behind ${functionName}:${alias} yet; ${programCommand('start-pipeline')} deploys a model.`,
      );
    return deployer.invoke({ functionName, qualifier: alias, event }, call);
  });
}

async function inTime<T>(
  { lambda }: Config,
  place: string,
  seconds: number,
  call: (options: CallOptions) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    return await call({ signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    const remedy =
      lambda.kind === 'local'
        ? `if it stays so, stop the local stack (${lambda.endpoint}) with ${programCommand('stop')} and start it anew`
        : 'look at its log in CloudWatch';
    throw new Error(
      `Function ${place} did not answer within ${seconds} s, the limit of deployment.function.timeoutSeconds and ${START_SECONDS} s for its start: ${remedy}.`,
      { cause: error },
    );
  }
}
