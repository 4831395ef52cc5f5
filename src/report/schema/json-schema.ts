import { z } from 'zod';
import { driftReportSchema } from './drift-report.js';
import { trainingReportSchema } from './training-report.js';

const BASE = 'https://anemia-mlops.invalid/schemas/';

/**
 * JSON Schemas (draft 2020-12) of the report documents by file name. They let fields be added: a reader
 * ignores those it does not know.
 */
export const jsonSchemas = (): Record<'training-report.schema.json' | 'drift-report.schema.json', object> => ({
  'training-report.schema.json': schemaOf('training-report.schema.json', trainingReportSchema),
  'drift-report.schema.json': schemaOf('drift-report.schema.json', driftReportSchema),
});

const schemaOf = (file: string, schema: z.ZodType): object => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return { $schema, $id: `${BASE}${file}`, ...rest };
};
