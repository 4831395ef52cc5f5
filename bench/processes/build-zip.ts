// build-zip.ts TABLE KIND HOME OUTPUT: trains one kind of candidate as the pipeline does, writes its Lambda zip, prints {bytes}.
import { writeFile } from 'node:fs/promises';
import { openStore } from '../../src/compose/composition.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { bundleHandler } from '../../src/deploy/bundle.js';
import { localActivities } from '../local-activities.js';

const [table, kind, home, output] = process.argv.slice(2) as [string, string, string, string];
const candidates = `candidates=${JSON.stringify([{ kind }])}`;
const definition = await loadDefinition('pipelines/anemia.json', [candidates], table);
const { activities, config } = localActivities(home);
const reuse = false;

const { dataset } = (await activities.ingestDataset({ definition, reuse })).result;
const { matrix } = (await activities.prepareFeatures({ definition, dataset, reuse })).result;
const candidate = definition.candidates[0]!;
const judged = { definition, matrix, candidate, without: null, reuse };
const chosen = (await activities.crossValidateCandidate(judged)).result;
const fitted = { definition, datasetSha256: dataset.sha256, matrix, chosen, reuse };
const { model } = (await activities.fitCandidate(fitted)).result;
const meta = { name: definition.model, version: 1, sha256: model.sha256 };
const zip = await bundleHandler(await openStore(config).get(model), meta);
await writeFile(output, zip);
console.log(JSON.stringify({ bytes: zip.length }));
