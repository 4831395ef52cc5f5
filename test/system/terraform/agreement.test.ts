import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { partitionOf } from '../../../src/capture/partitions.js';
import { readConfig } from '../../../src/config/config.js';
import { loadDefinition } from '../../../src/definition/definition.js';

const root = readConfig({}).packageRoot;
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const module = (...path: string[]) => read('terraform/modules', ...path);

/** From the function's log to Firehose, and from Firehose to the bucket. */
const AROUND_FIREHOSE_SECONDS = 120;

/** Calls with which the deployer makes or removes what Terraform owns: it may not. */
const NOT_ITS_OWN = /^(Add|Create|Delete|Put|UpdateFunctionConfiguration|UpdateFunctionUrl|GetFunctionConcurrency)/;

it('grants the deployer each call that it makes', () => {
  const sources = readdirSync(join(root, 'src/vendors/aws/lambda')).map((file) => read('src/vendors/aws/lambda', file));
  const calls = sources.flatMap((text) => [...text.matchAll(/new (\w+)Command\(/g)].map(([, name]) => name!));
  const needed = [...calls, 'GetFunction', 'ListVersionsByFunction'] // by waiters and by the paginator
    .filter((name) => !NOT_ITS_OWN.test(name))
    .map((name) =>
      name === 'GetMetricData' ? `cloudwatch:${name}` : `lambda:${name.replace(/^Invoke$/, 'InvokeFunction')}`,
    );
  const policy = /data "aws_iam_policy_document" "deploy" \{(.*)/s.exec(module('access/main.tf'))![1]!;
  const granted = [...policy.matchAll(/"((?:lambda|cloudwatch):\w+)"/g)].map(([, action]) => action);
  expect(granted.sort()).toEqual([...new Set(needed)].sort());
});

/** Model of the definition that `make deploy_aws` runs. */
const { model } = JSON.parse(read('pipelines/anemia.json')) as { model: string };
/** Model that Terraform makes the function and the capture for, unless told otherwise. */
const planned = /variable "model" \{.*?default += "(.*?)"/s.exec(read('terraform/variables.tf'))![1]!;

it('is for the model of the definition that is run after it', () => {
  expect(planned).toBe(model);
});

it('puts captured predictions where drift checks look', () => {
  const time = Date.parse('2026-01-02T03:04:05Z');
  const [, folder] = /folder = "(.*)"/.exec(module('capture/main.tf'))!;
  const [, prefix] = /^ *prefix +=\s"(.*)"$/m.exec(module('capture/main.tf'))!;
  const path = prefix!
    .replace('${local.folder}', folder!)
    .replace('${var.prefix}/${var.model}', planned)
    .replace('!{timestamp:yyyy-MM-dd}', '2026-01-02')
    .replace('!{timestamp:HH}', '03');
  expect(path).toBe(`${partitionOf(model, time)}/`);
});

it('opens a function to other pages as the definition does', async () => {
  const cors = { allowOrigins: ['https://clinic.example'] };
  const { deployment } = await loadDefinition('pipelines/anemia.json', [
    `deployment.function.cors=${JSON.stringify(cors)}`,
  ]);
  const { allowHeaders, maxAgeSeconds } = deployment.function.cors!;
  expect(read('terraform', 'variables.tf')).toContain(
    `allow_headers   = optional(list(string), ${JSON.stringify(allowHeaders)})
      max_age_seconds = optional(number, ${maxAgeSeconds})`,
  );
  const [, methods] = /allow_methods += (\[.*\])/.exec(module('function/url.tf'))!;
  expect(read('src/vendors/aws/lambda/alias.ts')).toContain(`const METHODS = ${methods!.replaceAll('"', "'")};`);
});

it('lets workers write to the folders that they keep things in, and to no other', () => {
  const composition = read('src/compose/composition.ts');
  const kept = [...composition.matchAll(/(?:openFolder|locationOf)\(config, '(\w+)'\)/g)];
  const [, compute, others] = /write = role == "compute" \? \[(.*)\] : \[(.*)\]/.exec(module('workers/roles.tf'))!;
  const listed = (text: string) => [...text.matchAll(/"(\w+)"/g)].map(([, folder]) => folder!).sort();
  const folders = [...new Set(kept.map(([, folder]) => folder!))].sort();
  expect(listed(others!)).toEqual(folders.filter((folder) => folder !== 'keys'));
  expect(folders).toContain('keys');
  expect(listed(compute!)).toEqual(['store']);
  const roles = module('workers/roles.tf');
  const [, computeKeys, logKey] = /compute_keys = concat\(\[(.*)\], var\.log_key_arn == null \? \[(.*)\] : \[\]\)/.exec(
    roles,
  )!;
  const [, ofCompute, otherKeys] = /keys += .*role == "compute" \? (.*) : \[(.*)\] }/.exec(roles)!;
  expect([computeKeys, logKey, ofCompute, otherKeys]).toEqual([
    '"fingerprint-key", "store-id"',
    '"log-verifying-key"',
    'local.compute_keys',
    '"*"',
  ]);
  // Read by every role, and made by those that run workflows alone.
  expect(/make += .*role == "compute" \? (.*) : (.*) }/.exec(roles)!.slice(1)).toEqual(['[]', '["s3:PutObject"]']);
  for (const sid of ['Keys', 'Format'])
    expect(roles).toMatch(
      new RegExp(`sid += "${sid}"\\n +actions += concat\\(\\["s3:GetObject"\\], local\\.make\\[each\\.key\\]\\)`),
    );
});

it('captures each kind of line that the handler writes of a request', () => {
  const typesIn = (text: string, type: RegExp) => [...text.matchAll(type)].map(([, name]) => name!).sort();
  const written = typesIn(read('src/serving/prediction-log.ts'), /type: '(\w+)'/g);
  expect(written).toEqual(['prediction', 'refusal']);
  const [, pattern] = /filter_pattern += (".*")/.exec(module('capture/main.tf'))!;
  expect(typesIn(JSON.parse(pattern!) as string, /\$\.type = "(\w+)"/g)).toEqual(written);
});

it('has captured predictions written before the drift check of their window is due', async () => {
  const { monitoring } = await loadDefinition('pipelines/anemia.json');
  const buffering = Number(/buffering_seconds = optional\(number, (\d+)\)/.exec(read('terraform', 'variables.tf'))![1]);
  expect(monitoring.settleSeconds).toBeGreaterThanOrEqual(buffering + AROUND_FIREHOSE_SECONDS);
  const [, said] = /monitoring\.settleSeconds of the definition \((\d+) by default\)/.exec(
    read('terraform', 'variables.tf'),
  )!;
  expect(Number(said)).toBe(monitoring.settleSeconds);
});

it('has an alarm for each kind of alert', () => {
  const kinds = /interface Alert \{.*?kind: ((?:'[\w-]+'(?: \| )?)+)/s.exec(read('src/contracts/monitoring.ts'))![1]!;
  const alarms = /alerts = \{(.*?)\n {2}\}/s.exec(module('alarms/workers.tf'))![1]!;
  expect([...alarms.matchAll(/^ +([\w-]+) +=/gm)].map(([, kind]) => kind).sort()).toEqual(
    [...kinds.matchAll(/'([\w-]+)'/g)].map(([, kind]) => kind).sort(),
  );
});

it('starts with a function that says that there is no model yet', async () => {
  const folder = join(root, 'terraform/modules/function');
  const zipped = unzipSync(readFileSync(join(folder, 'placeholder.zip')));
  expect(Object.keys(zipped)).toEqual(['index.mjs']);
  expect(Buffer.from(zipped['index.mjs']!).toString()).toBe(module('function/placeholder/index.mjs'));
  const { handler } = (await import(pathToFileURL(join(folder, 'placeholder/index.mjs')).href)) as {
    handler: () => { statusCode: number; body: string };
  };
  expect(handler()).toMatchObject({ statusCode: 503, body: expect.stringContaining('run the pipeline') as string });
});

it('knows the schema of each kind of resource that it uses', () => {
  const schema = JSON.parse(read('test/system/terraform/provider/schema.json')) as Record<'resource' | 'data', object>;
  const files = readdirSync(join(root, 'terraform'), { recursive: true, encoding: 'utf8' });
  const text = files.filter((file) => file.endsWith('.tf')).map((file) => read('terraform', file));
  const kinds = [...text.join('\n').matchAll(/^(resource|data) "(\w+)"/gm)];
  expect(kinds.length).toBeGreaterThan(50);
  for (const [, kind, name] of kinds) expect(schema[kind as 'resource' | 'data']).toHaveProperty(name!);
});
