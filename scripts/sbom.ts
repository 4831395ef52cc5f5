// Bill of materials in CycloneDX 1.5: every package of the lock file that the product runs with, by npm's own listing, and
// every registered model with its card; one that is gone is named as that.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { modelComponents } from '../src/client/model-components.js';
import { plainly } from '../src/contracts/text.js';
import { note, print } from '../src/cli/output.js';
import { openRegistry, openStore } from '../src/compose/composition.js';
import { readConfig } from '../src/config/config.js';

const NPM_SBOM = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];

/** What npm marks packages of development with; its own `--omit dev` leaves out others too. */
const DEVELOPMENT = 'cdx:npm:package:development';

/** Every package with its description. */
const MOST_BYTES = 64 << 20;

interface Bom {
  components: { 'bom-ref'?: unknown; properties?: { name: string }[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
  metadata: { component: { name: string } };
}

async function packagesOf(root: string): Promise<Bom> {
  const { stdout } = await promisify(execFile)('npm', NPM_SBOM, { cwd: root, maxBuffer: MOST_BYTES });
  const bom = JSON.parse(stdout) as Bom;
  const left = bom.components.filter(({ properties }) => properties?.some(({ name }) => name === DEVELOPMENT));
  const refs = new Set<unknown>(left.map((component) => component['bom-ref']));
  const stays = (ref: unknown) => !refs.has(ref);
  return {
    ...bom,
    components: bom.components.filter((component) => stays(component['bom-ref'])),
    dependencies: bom.dependencies
      .filter(({ ref }) => stays(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(stays) })),
  };
}

const { out } = new Command('sbom')
  .description('Writes a bill of materials (CycloneDX 1.5) of the packages and of every registered model.')
  .option('--out <file>', 'where to write it; to standard output by default')
  .parse()
  .opts<{ out?: string }>();

try {
  const config = readConfig();
  const bom = await packagesOf(config.packageRoot);
  // npm takes the name of the folder where the package is private.
  bom.metadata.component.name = 'anemia-mlops';
  bom.components.push(...(await modelComponents(openRegistry(config), openStore(config), note)));
  const text = JSON.stringify(bom, null, 2);
  if (out === undefined) print(text);
  else {
    await writeFile(out, `${text}\n`);
    print(`${out}: ${bom.components.length} components.`);
  }
} catch (error) {
  note(plainly(error));
  process.exitCode = 1;
}
