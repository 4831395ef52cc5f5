// Runs a program of one file together with what the engine made of it before: compiling takes longer than most commands.
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/**
 * Runs it as a CommonJS module. What was compiled by its end lies beside it for the next time.
 * @param file CommonJS in ASCII
 */
export function runCached(file) {
  const cache = file.replace(/\.cjs$/, `.${process.arch}-${process.version}.cache`);
  const cachedData = readIfThere(cache);
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`,
    {
      filename: file,
      ...(cachedData && { cachedData }),
      importModuleDynamically: (specifier) => import(specifier),
    },
  );
  if (cachedData === undefined || script.cachedDataRejected) process.once('exit', () => keep(script, cache));
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
}

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // nobody ran it yet
  }
}

/** Whole or not at all: another command may be reading it. */
function keep(script, path) {
  const part = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(part, script.createCachedData());
    renameSync(part, path);
  } catch {
    // It is only slower without: the folder may be read-only, or removed for a newer build.
  }
}
