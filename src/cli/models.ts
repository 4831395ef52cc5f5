import Table from 'cli-table3';
import type { ModelRegistry, ModelVersion } from '../registry/registry.js';

/** One line of `npm run models`. */
export interface ModelRow {
  model: string;
  version: number;
  aliases: string[];
  candidate: string;
  rocAuc: number | null;
  gate: 'passed' | 'refused';
  createdAt: string;
  sha256: string;
  workflowId: string;
}

/** Every registered version, newest first within a model. */
export async function listModels(registry: ModelRegistry): Promise<ModelRow[]> {
  const rows: ModelRow[] = [];
  for (const model of await registry.models()) {
    const pointers = [...(await registry.aliases(model))];
    for (const entry of (await registry.versions(model)).reverse())
      rows.push(
        rowOf(
          entry,
          pointers.filter(([, version]) => version === entry.version).map(([alias]) => alias),
        ),
      );
  }
  return rows;
}

const rowOf = (entry: ModelVersion, aliases: string[]): ModelRow => ({
  model: entry.name,
  version: entry.version,
  aliases,
  candidate: entry.lineage.candidate,
  rocAuc: entry.crossValidated.rocAuc.value,
  gate: entry.gate.passed ? 'passed' : 'refused',
  createdAt: entry.createdAt,
  sha256: entry.model.sha256,
  workflowId: entry.lineage.workflowId,
});

/** The rows as a table for people. */
export function modelsTable(rows: ModelRow[]): string {
  if (rows.length === 0) return 'No model is registered yet; npm run start-pipeline makes the first.';
  const table = new Table({
    head: ['model', 'version', 'aliases', 'candidate', 'ROC AUC', 'gate', 'registered', 'sha256'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const auc = row.rocAuc?.toFixed(3) ?? '-';
    const registered = row.createdAt.slice(0, 16).replace('T', ' ');
    table.push([
      row.model,
      row.version,
      row.aliases.join(', '),
      row.candidate,
      auc,
      row.gate,
      registered,
      row.sha256.slice(0, 12),
    ]);
  }
  return table.toString();
}
