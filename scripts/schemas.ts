// Writes the JSON Schemas of definitions and of report documents, where those who write and read them look: npm run schemas
import { writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { definitionJsonSchema } from '../src/definition/schema.js';
import { jsonSchemas } from '../src/report/schema/json-schema.js';

const schemas = [
  ['pipelines/definition.schema.json', definitionJsonSchema()],
  ...Object.entries(jsonSchemas()).map(([file, schema]) => [`docs/${file}`, schema] as const),
] as const;
for (const [file, schema] of schemas) {
  const path = new URL(`../${file}`, import.meta.url);
  await writeFile(path, await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 }));
}
