// Asks the registry for known advisories on what the product runs with, by the lock file, and fails on grave ones. A
// registry that knows none, as a mirror may, is said and is no failure: then nothing was checked.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { printable } from '../src/contracts/text.ts';

const GRAVE = ['high', 'critical'];

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const { stdout } = spawnSync('npm', ['audit', '--json', '--omit=dev', '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 << 20,
});
const answer = parsed(stdout);

if (answer?.vulnerabilities === undefined) {
  const why = answer?.statusCode === undefined ? 'it cannot be reached' : `it answers ${answer.statusCode}`;
  console.log(`The registry gives no advisories (${why}): nothing was checked.`);
} else {
  const found = Object.values(answer.vulnerabilities);
  for (const { name, severity, via } of found)
    console.log(printable(`${severity}: ${name}: ${via.map((cause) => cause.title ?? cause).join('; ')}`));
  const grave = found.filter(({ severity }) => GRAVE.includes(severity)).length;
  const { prod } = answer.metadata.dependencies;
  console.log(`${prod} packages checked: ${found.length} with advisories, ${grave} of them high or critical.`);
  if (grave > 0) process.exitCode = 1;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
