// make deploy_aws: plans, asks, applies, pushes the images, starts the workers on theirs, runs the pipeline against AWS.
// The repositories must be there before the images, and the images before what runs them: hence two plans, each asked about.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bring, committed } from './images.mjs';
import { needAws, needSecrets, outputs, terraform } from './terraform.mjs';
import { consent, main, need, run } from './tools.mjs';

const SAMPLE = 'data/anemia-sample.csv';
/** Repositories, and the key that they are encrypted with. */
const GROUND = ['-target=module.registry', '-target=module.mlflow_registry'];

await main(async () => {
  needAws();
  need('docker was not found on PATH: install Docker Engine 24 or newer.', 'docker', '--version');
  need('The Docker engine does not answer: start it, or check DOCKER_HOST.', 'docker', 'info');
  const commit = committed();
  const tag = process.env['IMAGE_TAG'] || commit;
  const plans = mkdtempSync(join(tmpdir(), 'mlops-plan-'));
  try {
    terraform('init', '-input=false');
    needSecrets();
    const image = `-var=image_tag=${tag}`;
    await apply(join(plans, 'ground'), image, ...GROUND);
    const { repository_url: repository, mlflow_image: mlflow } = outputs();
    bring(`${repository}:${tag}`, 'NODE_IMAGE', ['--build-arg', `COMMIT=${commit}`, '.']);
    if (mlflow) bring(mlflow, 'PYTHON_IMAGE', ['--target', 'mlflow', 'ops/services']);
    await apply(join(plans, 'all'), image);
  } finally {
    rmSync(plans, { recursive: true, force: true });
  }
  start(outputs());
});

async function apply(plan, ...options) {
  terraform('plan', '-input=false', `-out=${plan}`, ...options);
  await consent('Make or change what is planned above');
  terraform('apply', '-input=false', plan);
}

/** The worker reads the data from S3; the sample goes there unless DATASET names other data. */
function start({ mlops_environment: environment, data_uri: data }) {
  const dataset = process.env['DATASET'] ?? `${data}/anemia-sample.csv`;
  if (!process.env['DATASET']) run('aws', ['s3', 'cp', SAMPLE, dataset]);
  run('npm', ['run', 'start-pipeline', '--', '--dataset', dataset], { env: environment });
}
