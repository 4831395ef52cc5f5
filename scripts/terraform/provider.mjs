// The AWS provider for checks: itself where it can be had, else a stand-in with its schema.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tools.mjs';

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
