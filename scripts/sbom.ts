// Bill of materials in CycloneDX 1.5: every package of the lock file that the product runs with, by npm's own listing, and
// every registered model with its card.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import { modelComponent } from '../src/cli/models/model-component.js';
import { plainly } from '../src/cli/errors.js';
import { print } from '../src/cli/output.js';
import { openRegistry, openStore } from '../src/composition.js';
import { readConfig } from '../src/config.js';
import type { ModelCard } from '../src/contracts/definition.js';
import { card } from '../src/monitoring-schema.js';
import type { ModelVersion } from '../src/registry/registry.js';
import { parseModelDocument } from '../src/serving/model-document.js';
import type { ArtifactStore } from '../src/store/artifact-store.js';

const NPM_SBOM = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];

/** What npm marks packages of development with; its own `--omit dev` leaves out others too. */
const DEVELOPMENT = 'cdx:npm:package:development';

/** Every package with its description. */
const MOST_BYTES = 64 << 20;

interface Bom {
  components: { 'bom-ref'?: string; properties?: { name: string }[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
  metadata: { component: { name: string } };
}

async function packagesOf(root: string): Promise<Bom> {
  const { stdout } = await promisify(execFile)('npm', NPM_SBOM, { cwd: root, maxBuffer: MOST_BYTES });
  const bom = JSON.parse(stdout) as Bom;
  const left = bom.components.filter(({ properties }) => properties?.some(({ name }) => name === DEVELOPMENT));
  const refs = new Set(left.map((component) => component['bom-ref']));
  const stays = (ref: string | undefined) => !refs.has(ref);
  return {
    ...bom,
    components: bom.components.filter((component) => stays(component['bom-ref'])),
    dependencies: bom.dependencies
      .filter(({ ref }) => stays(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(stays) })),
  };
}

/** The card of the definition that a version was learned by, which its store keeps whole; `null` of a version that names none. */
async function cardOf(store: ArtifactStore, { lineage }: ModelVersion): Promise<ModelCard | null> {
  if (lineage.definition === null) return null;
  const definition: unknown = JSON.parse(Buffer.from(await store.get(lineage.definition)).toString('utf8'));
  return z.looseObject({ card }).parse(definition).card;
}

const { out } = new Command('sbom')
  .description('Writes a bill of materials (CycloneDX 1.5) of the packages and of every registered model.')
  .option('--out <file>', 'where to write it; to standard output by default')
  .parse()
  .opts<{ out?: string }>();

try {
  const config = readConfig();
  const registry = openRegistry(config);
  const store = openStore(config);
  const bom = await packagesOf(config.packageRoot);
  // npm takes the name of the folder where the package is private.
  bom.metadata.component.name = 'anemia-mlops';
  for (const name of await registry.models())
    for (const version of await registry.versions(name))
      bom.components.push(
        modelComponent(version, parseModelDocument(await store.get(version.model)), await cardOf(store, version)),
      );
  const text = JSON.stringify(bom, null, 2);
  if (out === undefined) print(text);
  else {
    await writeFile(out, `${text}\n`);
    print(`${out}: ${bom.components.length} components.`);
  }
} catch (error) {
  console.error(plainly(error));
  process.exitCode = 1;
}
