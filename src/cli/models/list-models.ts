import Table from 'cli-table3';
import type { LogEntry, ModelRegistry, ModelVersion, TrafficShare } from '../../registry/registry.js';

/** One line of `npm run models`. */
export interface ModelRow {
  model: string;
  version: number;
  aliases: string[];
  /** Where it answers now, and what share of the requests: `live 100 %`. */
  serves: string[];
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
    const traffic = servingNow(await registry.log(model));
    for (const entry of (await registry.versions(model)).reverse())
      rows.push(
        rowOf(
          entry,
          pointers.filter(([, version]) => version === entry.version).map(([alias]) => alias),
          traffic.filter(({ version }) => version === entry.version).map(({ where }) => where),
        ),
      );
  }
  return rows;
}

/** Which version answers behind which function and alias now. */
function servingNow(log: LogEntry[]): { version: number | null; where: string }[] {
  const latest = new Map<string, TrafficShare[]>(
    log.flatMap((entry) => (entry.event === 'traffic' ? [[entry.target, entry.shares] as const] : [])),
  );
  return [...latest].flatMap(([target, shares]) =>
    shares.map(({ version, percent }) => ({ version, where: `${target} ${percent} %` })),
  );
}

const rowOf = (entry: ModelVersion, aliases: string[], serves: string[]): ModelRow => ({
  model: entry.name,
  version: entry.version,
  aliases,
  serves,
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
    head: ['model', 'version', 'aliases', 'serves', 'candidate', 'ROC AUC', 'gate', 'registered', 'sha256'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const auc = row.rocAuc?.toFixed(3) ?? '-';
    const registered = row.createdAt.slice(0, 16).replace('T', ' ');
    table.push([
      row.model,
      row.version,
      row.aliases.join(', '),
      row.serves.map((where) => where.replace(`${row.model}:`, '')).join(', '),
      row.candidate,
      auc,
      row.gate,
      registered,
      row.sha256.slice(0, 12),
    ]);
  }
  return table.toString();
}
