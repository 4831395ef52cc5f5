import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BUILD_FOLDER } from '../config/build-folder.js';

/** Processes that the local stack starts and that have no business with most of its environment. */
export type ProcessKind = 'temporal-server' | 'lambda-endpoint' | 'go-build' | 'git';

/** What any program may need to find its files and to write in the language of its user. */
const ANY =
  /^(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_(ALL|COLLATE|CTYPE|MESSAGES|MONETARY|NUMERIC|TIME)|TZ|TMPDIR|TMP|TEMP|TERM|NO_COLOR|FORCE_COLOR|XDG_(CACHE|CONFIG|DATA|STATE)_HOME|XDG_RUNTIME_DIR)$/;

/** The same on Windows, where names have any case. */
const ANY_ON_WINDOWS = /^(SystemRoot|SystemDrive|ComSpec|PATHEXT|windir|APPDATA|LOCALAPPDATA|USERPROFILE)$/i;

const OWN_SETTINGS = [
  ...['MLOPS_HOME', 'MLOPS_CAPTURE', 'MLOPS_STORAGE', 'MLOPS_S3_KMS_KEY'],
  ...['MLOPS_LAMBDA_HOST', 'MLOPS_LAMBDA_PORT', 'LOG_LEVEL', 'LOG_FORMAT'],
];

/** What each kind needs besides; nothing else reaches it, so no key, password or token that is for another. */
const NEEDED: Record<ProcessKind, RegExp> = {
  'temporal-server': /^(GOMAXPROCS|GOMEMLIMIT)$/,
  'lambda-endpoint': new RegExp(`^(NODE_OPTIONS|NODE_EXTRA_CA_CERTS|${OWN_SETTINGS.join('|')})$`),
  'go-build': /^(GO\w*|CGO_\w+|CC|CXX|SSL_CERT_\w+|(HTTPS?|ALL|NO)_PROXY)$/i,
  git: /^GIT_CEILING_DIRECTORIES$/,
};

/** The AWS SDK's own: needed where captured predictions go to a bucket, and nowhere else. */
const AWS = /^AWS_/;

/**
 * The part of an environment that a kind of process is started with.
 * @param bucket whether the process reads or writes a bucket
 */
export const environmentFor = (
  kind: ProcessKind,
  environment: NodeJS.ProcessEnv,
  { bucket = false }: { bucket?: boolean } = {},
): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => ANY.test(name) || ANY_ON_WINDOWS.test(name) || NEEDED[kind].test(name) || (bucket && AWS.test(name)),
    ),
  );

/**
 * Arguments of Node that start this program with a command: built, which builds it anew where a source is newer by then,
 * compiled, or from its sources, which are transpiled as they load.
 */
export function ownProgram(...command: string[]): string[] {
  if (BUILD_FOLDER !== null)
    return [...process.execArgv, fileURLToPath(new URL('../../scripts/cli.mjs', import.meta.url)), ...command];
  const extension = extname(import.meta.url);
  const entry = fileURLToPath(new URL(`../client${extension}`, import.meta.url));
  const { execArgv } = process;
  const transpiled = extension !== '.ts' || execArgv.some((argument) => argument.includes('tsx'));
  return [...execArgv, ...(transpiled ? [] : ['--import', transpiler()]), entry, ...command];
}

/** The word a worker sends its parent once it polls. */
export const WORKER_READY = 'worker-ready';

/** By its path, so that it is found from any working directory. */
const transpiler = (): string => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
