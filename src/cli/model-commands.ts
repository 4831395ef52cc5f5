import type { Config } from '../config/config.js';
import type { CompareOptions } from './models/compare-versions.js';
import type { ExportOptions } from './models/export-version.js';
import { printableAll } from '../contracts/printable.js';
import type { WriteOffOptions } from './models/write-off.js';
import { print } from './output.js';
import { patiently, registryOf } from '../client/patience.js';

/** Commands load what they need when they run, see `commands.ts`. */

export async function listModels(config: Config, options: { json?: true }): Promise<number> {
  const { openRegistry } = await import('../compose/composition.js');
  const { listModels, modelsTable } = await import('./models/list-models.js');
  const rows = await patiently(registryOf(config), listModels(openRegistry(config)));
  print(options.json ? JSON.stringify(rows) : modelsTable(printableAll(rows)));
  return 0;
}

export async function showVersion(
  config: Config,
  text: string,
  options: { model?: string; json?: true },
): Promise<number> {
  const { openRegistry, openStore } = await import('../compose/composition.js');
  const { findVersion } = await import('./models/find-version.js');
  const { describeVersion } = await import('./models/describe-version.js');
  const { originsText, versionText } = await import('./models/version-text.js');
  const { uiLink } = await import('./start.js');
  const registry = openRegistry(config);
  const found = await patiently(registryOf(config), findVersion(registry, text, options.model));
  if ('from' in found) {
    print(options.json ? JSON.stringify(found) : originsText(printableAll(found.from)));
    return 0;
  }
  const uiOf = (workflowId: string, runId: string) => uiLink(config, workflowId, runId);
  const described = await patiently(
    registryOf(config),
    describeVersion({ registry, store: openStore(config), uiOf }, found.one),
  );
  print(options.json ? JSON.stringify(described) : versionText(printableAll(described)));
  return 0;
}

export async function compareVersions(config: Config, a: string, b: string, options: CompareOptions): Promise<number> {
  const { openRegistry, openSecrets, openStore } = await import('../compose/composition.js');
  const { openFingerprintKey } = await import('../compose/open-storage.js');
  const { compareVersions } = await import('./models/compare-versions.js');
  const { comparisonText } = await import('./models/comparison-text.js');
  const fingerprintKey = () => openFingerprintKey(openSecrets(config));
  const sources = { registry: openRegistry(config), store: openStore(config), fingerprintKey };
  const compared = await patiently(registryOf(config), compareVersions(sources, [a, b], options));
  print(options.json ? JSON.stringify(compared) : comparisonText(printableAll(compared)));
  return 0;
}

export async function exportVersion(config: Config, text: string, options: ExportOptions): Promise<number> {
  const { openRegistry, openStore } = await import('../compose/composition.js');
  const { exportVersion } = await import('./models/export-version.js');
  print(await patiently(registryOf(config), exportVersion(openRegistry(config), openStore(config), text, options)));
  return 0;
}

export async function writeOff(config: Config, text: string, options: WriteOffOptions): Promise<number> {
  const { openRegistry } = await import('../compose/composition.js');
  const { writeOff } = await import('./models/write-off.js');
  print(await patiently(registryOf(config), writeOff(openRegistry(config), text, options)));
  return 0;
}

/** Refuses, with the reason and what to do instead. */
export function importModel(): Promise<number> {
  return Promise.reject(
    new Error(
      'A model cannot be imported: every version comes from a run, so that its data, its measurements and its gate are known; write a definition that trains it and run npm run start-pipeline -- --definition FILE.',
    ),
  );
}
