// ingest.ts TABLE OUTPUT: writes the colour columns and labels of a table as Parquet, the way the pipeline's ingest does.
import { dirname, resolve } from 'node:path';
import { ingestTable } from '../../src/data/ingest.js';
import { fetchSource } from '../../src/data/source.js';
import { loadDefinition } from '../../src/definition/definition.js';

const [table, output] = process.argv.slice(2) as [string, string];
const definition = await loadDefinition('pipelines/anemia-noninvasive.json', [], table);
const source = await fetchSource(definition.dataset.uri, dirname(output));
await ingestTable({ source, definition, outputPath: resolve(output) });
