import type { ModelDocument } from '../../contracts/model.js';
import type { PORTABLE_FILES } from '../../contracts/results.js';
import { inputExample, mlmodel, requirements } from './model-files.js';
import { onnxModel, outputNames } from '../../model/onnx/onnx-model.js';

export type PortableFileName = (typeof PORTABLE_FILES)[number];

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
