import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../../src/config/config.js';
import type { ModelDocument } from '../../../../src/contracts/model.js';
import { PORTABLE_FILES } from '../../../../src/contracts/results.js';
import { portableFiles } from '../../../../src/vendors/mlflow/portable-files.js';
import { CALIBRATIONS, KINDS, randomDocument } from '../../model/onnx/random-models.js';

const document = randomDocument({
  kind: 'random-forest',
  calibration: 'isotonic',
  imputed: 'some',
  features: 3,
  seed: 4,
});
const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
const mlmodelOf = (from: ModelDocument) => parse(textOf(portableFiles(from).MLmodel)) as Record<string, unknown>;

it.each(KINDS.flatMap((kind) => CALIBRATIONS.map((calibration) => [kind, calibration] as const)))(
  'gives the same bytes for the same %s with calibration %s',
  (kind, calibration) => {
    const make = () => portableFiles(randomDocument({ kind, calibration, imputed: 'some', features: 4, seed: 8 }));
    const [first, second] = [make(), make()];
    expect(PORTABLE_FILES.filter((name) => !Buffer.from(first[name]).equals(second[name]))).toEqual([]);
    expect(Object.keys(first).sort()).toEqual([...PORTABLE_FILES].sort());
  },
);

describe('MLmodel', () => {
  it('names loader, signature and example', () => {
    const { 'model.onnx': onnx, 'requirements.txt': list, 'input_example.json': example } = portableFiles(document);
    const { signature, ...rest } = mlmodelOf(document);
    expect(rest).toEqual({
      flavors: {
        onnx: {
          code: null,
          data: 'model.onnx',
          onnx_version: '1.23.2',
          providers: ['CPUExecutionProvider'],
        },
        python_function: { data: 'model.onnx', loader_module: 'mlflow.onnx', python_version: '3.11' },
      },
      mlflow_version: '3.17.2',
      model_size_bytes: onnx.length + list.length + example.length,
      model_uuid: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      saved_input_example_info: { artifact_path: 'input_example.json', pandas_orient: 'split', type: 'dataframe' },
    });
    const { inputs, outputs, params } = signature as Record<string, string | null>;
    expect(JSON.parse(inputs!)).toEqual([
      { type: 'double', name: 'hb', required: true },
      { type: 'double', name: 'probability', required: true },
      { type: 'double', name: 'red', required: true },
    ]);
    expect(JSON.parse(outputs!)).toEqual([
      { type: 'long', name: 'label', required: true },
      { type: 'double', name: 'probability_', required: true },
    ]);
    expect(params).toBeNull();
  });

  it('identifies the model by its content', () => {
    const uuid = mlmodelOf(document)['model_uuid'];
    expect(mlmodelOf(structuredClone(document))['model_uuid']).toBe(uuid);
    expect(mlmodelOf({ ...document, threshold: 0.4 })['model_uuid']).not.toBe(uuid);
  });
});

it('writes an example of one row within the ranges, though a mean is beyond its own', () => {
  const features = document.features.map((feature, j) => (j === 1 ? { ...feature, mean: 1e3 } : feature));
  const example = textOf(portableFiles({ ...document, features })['input_example.json']);
  expect(JSON.parse(example)).toEqual({ columns: ['hb', 'probability', 'red'], data: [[13, 100, 0]] });
});

it('requires the versions that integration tests run with, up to the next major', async () => {
  const installs = await readFile(join(readConfig().packageRoot, 'scripts', 'services-install.mjs'), 'utf8');
  const lines = textOf(portableFiles(document)['requirements.txt']).trimEnd().split('\n');
  expect(lines).toHaveLength(5);
  for (const line of lines) {
    const [, name, version, major] = /^([a-z]+)>=([\d.]+),<(\d+)$/.exec(line) ?? [];
    expect(installs).toContain(`'${name!}==${version!}'`);
    expect(Number(major)).toBe(Number.parseInt(version!, 10) + 1);
  }
});
