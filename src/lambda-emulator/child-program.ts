import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { writeWhole, type FunctionConfig } from './state.js';

/** Only what Lambda promises a function, and its own variables; nothing of this process's environment but PATH. */
export function childEnvironment(name: string, version: string, config: FunctionConfig): Record<string, string> {
  return {
    ...config.environment,
    PATH: process.env['PATH'] ?? '',
    TZ: ':UTC',
    _HANDLER: config.handler,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memorySize),
  };
}

/** Transforms `child-runtime` to plain JavaScript once, so that children start without a TypeScript loader. */
export async function writeChildRuntime(directory: string): Promise<string> {
  const extension = extname(import.meta.url);
  const source = readFileSync(fileURLToPath(new URL(`./child-runtime${extension}`, import.meta.url)), 'utf8');
  const { code } = await transform(source, {
    loader: extension === '.ts' ? 'ts' : 'js',
    format: 'esm',
    target: 'node20',
  });
  const file = join(directory, 'runtime', 'child-runtime.mjs');
  writeWhole(file, code);
  return file;
}
