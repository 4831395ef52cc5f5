// make deploy_aws: plans, asks, applies, pushes the image, starts the workers on it, runs the pipeline against AWS.
// The repository must be there before the image, and the image before the workers: hence two plans, each asked about.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needAws, outputs, terraform } from './terraform.mjs';
import { ask, consent, main, need, Refusal, run } from './tools.mjs';

const BASE = 'node:22-bookworm-slim';
const SAMPLE = 'data/anemia-sample.csv';

await main(async () => {
  needAws();
  need('docker was not found on PATH: install Docker Engine 24 or newer.', 'docker', '--version');
  need('The Docker engine does not answer: start it, or check DOCKER_HOST.', 'docker', 'info');
  const tag = process.env['IMAGE_TAG'] ?? ask('git', 'rev-parse', 'HEAD');
  if (!tag) throw new Refusal('IMAGE_TAG is not set and Git tells no commit: name the tag of the image.');
  const plans = mkdtempSync(join(tmpdir(), 'mlops-plan-'));
  try {
    terraform('init', '-input=false');
    await apply(join(plans, 'ground'), 'Make or change what is planned above', '-target=module.registry');
    const { repository_url: repository } = outputs();
    push(`${repository}:${tag}`, tag);
    await apply(join(plans, 'all'), 'Make or change what is planned above', `-var=image_tag=${tag}`);
  } finally {
    rmSync(plans, { recursive: true, force: true });
  }
  start(outputs());
});

async function apply(plan, what, ...options) {
  terraform('plan', '-input=false', `-out=${plan}`, ...options);
  await consent(what);
  terraform('apply', '-input=false', plan);
}

/** Builds on the digest that the base image has now, for the processors that the workers have. */
function push(image, commit) {
  const registry = image.slice(0, image.indexOf('/'));
  const password = ask('aws', 'ecr', 'get-login-password');
  if (password === null) throw new Refusal('ECR gives no password: check that your credentials may push images.');
  run('docker', ['login', '--username', 'AWS', '--password-stdin', registry], { input: password });
  const platform = process.env['IMAGE_PLATFORM'] ?? 'linux/arm64';
  let base = process.env['NODE_IMAGE'];
  if (!base) {
    run('docker', ['pull', '--platform', platform, BASE]);
    base = ask('docker', 'image', 'inspect', '--format', '{{index .RepoDigests 0}}', BASE);
    if (!base) throw new Refusal(`Docker tells no digest of ${BASE}: set NODE_IMAGE to one.`);
  }
  const args = ['--build-arg', `NODE_IMAGE=${base}`, '--build-arg', `COMMIT=${commit}`];
  run('docker', ['build', '--platform', platform, ...args, '--tag', image, '.']);
  run('docker', ['push', image]);
}

/** The worker reads the data from S3; the sample goes there unless DATASET names other data. */
function start({ mlops_environment: environment, data_uri: data }) {
  const dataset = process.env['DATASET'] ?? `${data}/anemia-sample.csv`;
  if (!process.env['DATASET']) run('aws', ['s3', 'cp', SAMPLE, dataset]);
  run('npm', ['run', 'start-pipeline', '--', '--dataset', dataset], { env: environment });
}
