// Writes test/system/terraform/provider/schema.json: arguments, blocks and results of those resources of the AWS provider that
// terraform/ uses, out of bindings that were generated from the provider's own schema. By it `npm run terraform:check`
// validates and tests where the provider itself cannot be had. Run it when terraform/ uses another kind of resource.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readClasses, schemaOf } from './bindings.mjs';

const BINDINGS = '@cdktn/provider-aws@25.7.0';
const root = fileURLToPath(new URL('../..', import.meta.url));
const target = join(root, 'test/system/terraform/provider/schema.json');

/** The bindings tell the provider's own arguments in another way; these are the ones that we use. */
const PROVIDER = {
  attributes: { region: { type: 'string', optional: true } },
  block_types: {
    default_tags: {
      nesting_mode: 'list',
      max_items: 1,
      block: { attributes: { tags: { type: ['map', 'string'], optional: true } }, block_types: {} },
    },
  },
};

/** Kinds in terraform/, like `resource aws_kms_key`. */
function usedKinds() {
  const files = readdirSync(join(root, 'terraform'), { recursive: true }).filter((file) => file.endsWith('.tf'));
  const text = files.map((file) => readFileSync(join(root, 'terraform', file), 'utf8')).join('\n');
  return new Set([...text.matchAll(/^(resource|data) "(aws_\w+)"/gm)].map(([, kind, name]) => `${kind} ${name}`));
}

const folder = mkdtempSync(join(tmpdir(), 'bindings-'));
try {
  const run = (program, ...args) => execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  run('npm', 'pack', BINDINGS, '--silent', '--pack-destination', folder);
  run('tar', '-xzf', join(folder, readdirSync(folder)[0]), '-C', folder);
  const lib = join(folder, 'package/lib');
  const schema = { version: null, provider: PROVIDER, resource: {}, data: {} };
  const wanted = usedKinds();
  for (const entry of readdirSync(lib, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === 'provider') continue;
    const text = readFileSync(join(lib, entry.name, 'index.js'), 'utf8');
    const type = /terraformResourceType: '(\w+)'/.exec(text)?.[1];
    const kind = entry.name.startsWith('data-aws-') ? 'data' : 'resource';
    if (!wanted.delete(`${kind} ${type}`)) continue;
    schema.version ??= /providerVersion: '([\d.]+)'/.exec(text)[1];
    schema[kind][type] = schemaOf(readClasses(text));
  }
  if (wanted.size > 0) throw new Error(`${BINDINGS} has no ${[...wanted].join(', ')}.`);
  writeFileSync(target, `${JSON.stringify(schema)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
