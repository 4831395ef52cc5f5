// make deploy_local: builds the images, starts the stack, waits for its health, runs the pipeline, prints the links.
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, main, needDocker, Refusal, run } from './tools.mjs';

const PATIENCE_MS = Number(process.env['DEPLOY_TIMEOUT'] ?? 600) * 1000;
const ASK_EVERY_MS = 2000;

await main(async () => {
  needDocker();
  if (existsSync('.env')) process.loadEnvFile('.env'); // as compose does
  const profiles = (process.env['COMPOSE_PROFILES'] ?? '').split(',');
  if (profiles.includes('codec') && !process.env['MLOPS_CODEC_KEYS'])
    throw new Refusal(
      'COMPOSE_PROFILES has codec, but MLOPS_CODEC_KEYS is not set: give keys, as docs/codec.md shows, or leave codec out.',
    );
  const env = {
    MLOPS_COMMIT: process.env['MLOPS_COMMIT'] ?? ask('git', 'rev-parse', 'HEAD') ?? '',
    ...(profiles.includes('evidently') ? { EVIDENTLY_URL: 'http://evidently:8000' } : {}),
    ...(profiles.includes('codec')
      ? { TEMPORAL_CODEC_ENDPOINT: `http://127.0.0.1:${process.env.CODEC_PORT ?? 9235}` }
      : {}),
  };
  run('docker', ['compose', 'build'], { env });
  run('docker', ['compose', 'up', '--detach'], { env });
  await healthy();
  run('docker', ['compose', 'run', '--rm', '--no-deps', '-T', 'client'], { env });
  const link = (name, variable, port) => `${name.padEnd(12)}http://127.0.0.1:${process.env[variable] ?? port}`;
  console.log(
    [
      link('Temporal', 'UI_PORT', 8233),
      link('MLflow', 'MLFLOW_PORT', 5000),
      link('Grafana', 'GRAFANA_PORT', 3000),
      link('Prometheus', 'PROMETHEUS_PORT', 9090),
      link('AWS', 'AWS_PORT', 4566),
      link('Lambda', 'LAMBDA_PORT', 9233),
      ...(profiles.includes('evidently') ? [link('Evidently', 'EVIDENTLY_PORT', 8000)] : []),
      `${'Ask it'.padEnd(12)}docker compose run --rm client predict '{"r":43.3,"g":30.8,"b":25.9,"hb":6.3}'`,
    ].join('\n'),
  );
});

/** Waits until every container is healthy, runs without a check, or has done its one thing. */
async function healthy() {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const waiting = containers().filter(
      ({ State, Health, ExitCode }) =>
        !(
          (State === 'running' && (Health ?? '') === '') ||
          Health === 'healthy' ||
          (State === 'exited' && ExitCode === 0)
        ),
    );
    if (waiting.length === 0) return;
    if (Date.now() > deadline) {
      const names = waiting.map(({ Service, State, Health }) => `${Service} (${Health || State})`).join(', ');
      throw new Refusal(`Not healthy within ${PATIENCE_MS / 1000} s: ${names}; see docker compose logs.`);
    }
    await delay(ASK_EVERY_MS);
  }
}

/** One JSON document a line, or in older versions one array. */
function containers() {
  const text = ask('docker', 'compose', 'ps', '--all', '--format', 'json');
  if (!text) throw new Refusal('docker compose ps tells of no container: see docker compose logs.');
  return text.startsWith('[') ? JSON.parse(text) : text.split('\n').map((line) => JSON.parse(line));
}
