// Writes the JSON Schemas of the report documents into docs/: node --import tsx scripts/report-schemas.ts
import { writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { jsonSchemas } from '../src/report/schema/json-schema.js';

for (const [file, schema] of Object.entries(jsonSchemas())) {
  const path = new URL(`../docs/${file}`, import.meta.url);
  await writeFile(path, await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 }));
}
