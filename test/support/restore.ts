import { afterAll, vi } from 'vitest';

// Files of tests share processes: after each, what it changed in its process is as it was.
const environment = { ...process.env };
const exitCode = process.exitCode;

afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]; // eslint-disable-line @typescript-eslint/no-dynamic-delete
  Object.assign(process.env, environment);
  process.exitCode = exitCode;
});
