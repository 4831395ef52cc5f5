import { listModels, type ModelRow } from '../../../client/models.js';
import { patiently, registryOf } from '../../../client/patience.js';
import { openRegistry } from '../../../compose/composition.js';
import type { Config } from '../../../config/config.js';
import { printableAll, decimals, shortDigest, minuteText } from '../../../contracts/text.js';
import { newCommand } from '../../command-table.js';
import { print, typedCommand } from '../../output.js';
import { run } from '../../run-command.js';
import { tableOf, wrapped } from '../../text/tables.js';

export const command = newCommand('list')
  .description('versions, newest first, and which one serves')
  .option('--json', 'print JSON')
  .action(run(list));

async function list(config: Config, options: { json?: true }): Promise<number> {
  const rows = await patiently(registryOf(config), listModels(openRegistry(config)));
  print(options.json ? JSON.stringify(rows) : modelsTable(printableAll(rows)));
  return 0;
}

const goneText = ({ model, version, aliases }: ModelRow): string =>
  wrapped(
    `Version ${version} of ${model}${aliases.length === 0 ? '' : `, its ${aliases.join(' and ')},`} is gone from the registry: restore it from a backup, or, when it is lost for good, run ${typedCommand('models', 'write-off', String(version), '--model', model, '--because', 'your reason')}.`,
  );

/** The rows as a table for people. */
export function modelsTable(rows: ModelRow[]): string {
  if (rows.length === 0) return `No model is registered yet; ${typedCommand('start-pipeline')} makes the first.`;
  const table = tableOf([
    'model',
    'version',
    'aliases',
    'serves',
    'candidate',
    'ROC AUC',
    'gate',
    'registered',
    'sha256',
  ]);
  for (const row of rows) {
    const auc = `${decimals(row.rocAuc)}${row.aboveChance === false ? ' (chance?)' : ''}`;
    const registered = minuteText(row.createdAt);
    table.push([
      row.model,
      row.version,
      row.aliases.join(', '),
      row.serves.map((where) => where.replace(`${row.model}:`, '')).join(', '),
      row.candidate,
      auc,
      row.gate,
      registered,
      shortDigest(row.sha256),
    ]);
  }
  const gone = rows.filter(({ gate }) => gate === 'gone').map(goneText);
  return [table.toString(), ...gone].join('\n');
}
