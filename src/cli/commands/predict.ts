import { patiently } from '../../client/patience.js';
import { askFunction } from '../../client/predict.js';
import { openDeployer } from '../../compose/open-deployer.js';
import type { Config } from '../../config/config.js';
import { loadDefinition } from '../../definition/definition.js';
import { DEFINITION, newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';

export const command = newCommand('predict')
  .description('ask the deployed function')
  .argument('<json>', 'one event, like {"r":43.3,"g":30.8,"b":25.9,"hb":6.3}, or a batch')
  .option('--definition <file>', 'whose function to ask', DEFINITION)
  .action(run(predict, { bucket: false }));

async function predict(config: Config, json: string, options: { definition: string }): Promise<number> {
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch (error) {
    throw new Error(
      'The argument of predict is not JSON: give one object like {"r":43.3,"g":30.8,"b":25.9,"hb":6.3}.',
      {
        cause: error,
      },
    );
  }
  const { deployment } = await loadDefinition(options.definition);
  const asked = askFunction({ config, deployer: openDeployer(config), deployment }, event);
  const answer = await patiently(`function ${deployment.functionName}:${deployment.alias}`, asked);
  print(JSON.stringify(answer.payload));
  const refused = typeof answer.payload === 'object' && answer.payload !== null && 'error' in answer.payload;
  return answer.functionError === null && !refused ? 0 : 1;
}
