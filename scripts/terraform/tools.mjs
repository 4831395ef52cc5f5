// What checks terraform/: programs found on PATH, in the cache folder, or built there with Go, once; and the AWS provider, or a stand-in
// with its schema, where it cannot be had.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The newest version of Terraform that `go install` builds; later ones have their modules in parts. */
const TERRAFORM = { name: 'terraform', module: 'github.com/hashicorp/terraform', version: 'v1.8.5' };
const TFLINT = { name: 'tflint', module: 'github.com/terraform-linters/tflint', version: 'v0.64.0' };

/** As in src/config/config.ts. */
const CACHE =
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

/**
 * Environment with which Terraform finds a provider, and whether it is the real one.
 * @param configuration folder with a configuration that wants the provider, and may be written to
 * @param source folder of the stand-in, a program in Go
 * @param work folder for what is built
 */
export function providerFor(terraform, configuration, source, work) {
  const init = ['init', '-backend=false', '-input=false'];
  if (run(terraform, init, { cwd: configuration }).status === 0) return { real: true, env: process.env };
  const { version } = JSON.parse(readFileSync(join(source, 'schema.json'), 'utf8'));
  const address = /provider\[(\S+)\]/.exec(run(terraform, ['providers'], { cwd: configuration }).stdout)?.[1];
  if (address === undefined) throw new Error('terraform providers tells of no provider: check terraform/versions.tf.');
  const platform = run('go', ['env', 'GOOS', 'GOARCH']).stdout.trim().replace('\n', '_');
  const mirror = join(work, 'mirror');
  const folder = join(mirror, address, version, platform);
  mkdirSync(folder, { recursive: true });
  const binary = join(folder, `terraform-provider-aws_v${version}`);
  const { status, stderr } = run('go', ['build', '-buildvcs=false', '-o', binary, '.'], { cwd: source });
  if (status !== 0)
    throw new Error(
      `The stand-in for the provider could not be built: put Go 1.24 or newer on PATH. ${stderr.slice(-500)}`,
    );
  const config = join(work, 'mirror.tfrc');
  writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  return { real: false, version, env: { ...process.env, TF_CLI_CONFIG_FILE: config } };
}
