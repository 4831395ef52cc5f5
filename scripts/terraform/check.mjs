// npm run terraform:check: form, rules, security, validity and tests of terraform/. Quiet where all is well.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTerraform, findTflint, providerFor, run } from './tools.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'terraform');
const checkov = join(root, '.services/checkov', process.platform === 'win32' ? 'Scripts/checkov.exe' : 'bin/checkov');
let failed = false;

/** Says that a check passed, or shows what it says. */
function report(what, { status, stdout, stderr }, note = '') {
  if (status === 0) return console.log(`${what}: passed${note}`);
  failed = true;
  const remedy = status === null ? 'could not be started' : 'FAILED';
  console.error(`${what}: ${remedy}\n${(stdout + stderr).trim()}`);
}

const work = mkdtempSync(join(tmpdir(), 'terraform-check-'));
try {
  const terraform = findTerraform();
  report('terraform fmt', run(terraform, ['fmt', '-check', '-diff', '-recursive', folder]));

  const rules = ['--recursive', `--config=${join(folder, '.tflint.hcl')}`, '--minimum-failure-severity=notice'];
  report('tflint', run(findTflint(), rules, { cwd: folder }));

  const security = ['--directory', folder, '--framework', 'terraform', '--compact', '--skip-download'];
  const found = run(checkov, security, { env: { ...process.env, LOG_LEVEL: 'ERROR' } });
  report('checkov', found, `, ${/Passed checks: .*/.exec(found.stdout)?.[0]}`);

  // What init leaves behind stays out of the working tree.
  const copy = join(work, 'terraform');
  cpSync(folder, copy, {
    recursive: true,
    filter: (path) => !/\.terraform(\.lock\.hcl)?$|\.tfvars$|\.tfstate/.test(path),
  });
  const provider = providerFor(terraform, copy, join(root, 'test/system/terraform/provider'), work);
  if (!provider.real)
    console.log(
      `The AWS provider cannot be had here: what follows is checked against a stand-in with its published schema (${provider.version}).`,
    );
  const examples = readdirSync(join(copy, 'examples')).map((name) => join('examples', name));
  for (const place of ['.', ...examples]) {
    const options = { cwd: join(copy, place), env: provider.env };
    const init = run(terraform, ['init', '-backend=false', '-input=false', '-no-color'], options);
    const name = `terraform validate ${place === '.' ? '' : place}`.trim();
    report(name, init.status === 0 ? run(terraform, ['validate', '-no-color'], options) : init);
  }
  const tests = run(terraform, ['test', '-no-color'], { cwd: copy, env: provider.env });
  report('terraform test', tests, `, ${/\d+ passed, \d+ failed/.exec(tests.stdout)?.[0]}`);
} catch (error) {
  failed = true;
  console.error(error.message);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
