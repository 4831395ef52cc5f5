import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { ModelDocument } from '../../contracts/model.js';
import type { ModelFeature } from '../../contracts/learner.js';
import type { PORTABLE_FILES } from '../../contracts/results.js';
import { fieldOf, typicalValue } from '../../model/features.js';
import { onnxModel, outputNames, type OutputNames } from '../../model/onnx/onnx-model.js';
import { type ColumnSpec, inputSpec } from './column-spec.js';

type PortableFileName = (typeof PORTABLE_FILES)[number];

/**
 * The files that, in one folder, make a model open in any ONNX runtime and through `mlflow.pyfunc.load_model`. No row of
 * the data is in them; equal documents give equal bytes. See docs/portable-model.md.
 * @param document checked, as `serializeModelDocument` does
 */
export function portableFiles(document: ModelDocument): Record<PortableFileName, Uint8Array> {
  const text = new TextEncoder();
  const others = {
    'model.onnx': onnxModel(document),
    'requirements.txt': text.encode(requirements()),
    'input_example.json': text.encode(inputExample(document.features)),
  };
  return {
    ...others,
    MLmodel: text.encode(mlmodel(document.features, outputNames(document.features), others)),
  };
}

/** Versions that the integration tests load models with (scripts/services-install.mjs); newer ones until the next major. */
const TESTED = {
  mlflow: '3.17.2',
  onnx: '1.23.2',
  onnxruntime: '1.32.0',
  numpy: '2.4.6',
  pandas: '2.3.3',
};
/** Nothing in a model depends on Python's version, but MLflow asks for one and warns where it is another. */
const PYTHON_VERSION = '3.11';

/** What `pip install -r` needs to load the model. */
function requirements(): string {
  return Object.entries(TESTED)
    .map(([name, version]) => `${name}>=${version},<${Number.parseInt(version, 10) + 1}\n`)
    .join('');
}

/** One synthetic row in the orientation "split" of pandas: the mean of each feature, as far as its range allows it. */
function inputExample(features: readonly ModelFeature[]): string {
  const typical = features.map((feature) => fieldOf(feature, typicalValue(feature)));
  return `${JSON.stringify({ columns: features.map(({ name }) => name), data: [typical] })}\n`;
}

/**
 * The file `MLmodel`, by which MLflow finds the loader and checks what it is given.
 * @param others the model's other files, by name; they decide the model's identity
 */
function mlmodel(
  features: readonly ModelFeature[],
  { label, probability }: OutputNames,
  others: Record<string, Uint8Array>,
): string {
  const outputs: ColumnSpec[] = [
    { type: 'long', name: label, required: true },
    { type: 'double', name: probability, required: true },
  ];
  const signature = {
    inputs: JSON.stringify(features.map(inputSpec)),
    outputs: JSON.stringify(outputs),
    params: null,
  };
  const description = {
    flavors: {
      onnx: {
        code: null,
        data: 'model.onnx',
        onnx_version: TESTED.onnx,
        providers: ['CPUExecutionProvider'],
      },
      python_function: {
        data: 'model.onnx',
        loader_module: 'mlflow.onnx',
        python_version: PYTHON_VERSION,
      },
    },
    mlflow_version: TESTED.mlflow,
    model_size_bytes: Object.values(others).reduce((sum, { length }) => sum + length, 0),
    model_uuid: identity([JSON.stringify(signature), ...Object.values(others)]),
    saved_input_example_info: {
      artifact_path: 'input_example.json',
      pandas_orient: 'split',
      type: 'dataframe',
    },
    signature,
  };
  return stringify(description, { lineWidth: 0 });
}

/** 32 hexadecimal digits that depend on every byte, so that equal models are the same model. */
function identity(parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 32);
}
