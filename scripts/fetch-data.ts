import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { downloadLimits } from '../src/config/storage-settings.js';
import { makeFilesForOwner } from '../src/store/home.js';
import { fetchData, PUBLISHERS, type Publisher } from './published-data.js';

const options = new Command('fetch-data')
  .description('Downloads the published anemia data, checks its SHA-256 and puts it into data/.')
  .addOption(new Option('--from <publisher>', 'who serves it').choices(Object.keys(PUBLISHERS)).default('github'))
  .option('--url <address>', 'another http(s) address of a CSV file or a zip archive with one')
  .option('--sha256 <hash>', 'expected SHA-256 of the CSV file')
  .option('--directory <folder>', 'where to put it', 'data')
  .parse()
  .opts<{ from: Publisher; url?: string; sha256?: string; directory: string }>();

makeFilesForOwner(); // names of people are in it
try {
  const { path, sha256, checked, from } = await fetchData({ ...options, limits: downloadLimits(process.env) });
  const note = checked ? 'as expected' : 'not checked, because no --sha256 was given';
  console.log(`${relative('.', path)} from ${from}, SHA-256 ${sha256} (${note})`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
