import type { ColumnDefinition } from '../../contracts/definition.js';
import type { ModelFeature } from '../../contracts/learner.js';

/** A column of MLflow's schemas. */
export interface ColumnSpec {
  type: 'double' | 'long' | 'integer';
  name: string;
  required: boolean;
}

/** A column of the table that is learned from. */
export const columnSpec = ({ name, impute }: ColumnDefinition): ColumnSpec => ({
  type: 'double',
  name,
  required: impute === 'none',
});

/**
 * An input of the model. It is required even where values may be missing: MLflow's ONNX loader raises a bare KeyError for an
 * absent column.
 */
export const inputSpec = ({ name }: ModelFeature): ColumnSpec => ({ type: 'double', name, required: true });
