// Programs that check terraform/: found on PATH, in the cache folder, or built there with Go, once.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The newest version of Terraform that `go install` builds; later ones have their modules in parts. */
const TERRAFORM = { name: 'terraform', module: 'github.com/hashicorp/terraform', version: 'v1.8.5' };
const TFLINT = { name: 'tflint', module: 'github.com/terraform-linters/tflint', version: 'v0.64.0' };

/** As in src/config/config.ts. */
export const CACHE =
  process.env['MLOPS_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'anemia-mlops');

/** Status, output and errors of a program; status `null` when there is no such program. */
export function run(program, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  return { status, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** The one on PATH, where there is one. */
export const findTerraform = () => (run('terraform', ['version']).status === 0 ? 'terraform' : built(TERRAFORM));

/** The pinned one: others know other rules. */
export const findTflint = () => built(TFLINT);

function built({ name, module, version }) {
  const folder = join(CACHE, `${name}-${version}`);
  const binary = join(folder, name);
  if (existsSync(binary)) return binary;
  console.log(`Building ${name} ${version} with Go, once, in some minutes ...`);
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = run('go', ['install', `${module}@${version}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '' },
  });
  if (status === 0) return binary;
  throw new Error(
    `${name} ${version} could not be built: put Go 1.24 or newer on PATH, and check that its modules can be had. ${stderr.slice(-500)}`,
  );
}
