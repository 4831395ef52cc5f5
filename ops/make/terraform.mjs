// What deploying to AWS and undoing it have in common.
import { spawnSync } from 'node:child_process';
import { ask, need, Refusal, run } from './tools.mjs';

const IN = `-chdir=${process.env['TERRAFORM_DIR'] ?? 'terraform'}`;

/** @throws Refusal unless terraform, aws, a region and credentials are there */
export function needAws() {
  need('terraform was not found on PATH: install Terraform 1.8 or newer.', 'terraform', 'version');
  need('aws was not found on PATH: install the AWS command line.', 'aws', '--version');
  if (!process.env['AWS_REGION']) throw new Refusal('AWS_REGION is not set: name the region, like eu-central-1.');
  need(
    'AWS takes no credentials from here: sign in (aws configure, aws sso login) or set AWS_PROFILE.',
    ...['aws', 'sts', 'get-caller-identity'],
  );
}

export const terraform = (command, ...args) => run('terraform', [IN, command, ...args]);

/**
 * Looks for the secrets that the command line needs as the workers do: Terraform knows which, their values are in the environment alone.
 * @throws Refusal naming what is missing, when the command could not sign in to Temporal or could not encrypt what it sends
 */
export function needSecrets() {
  const names = evaluate('local.client_secrets');
  if (names === null)
    throw new Refusal('The variable temporal is missing: give it in terraform.tfvars, as terraform/README.md shows.');
  const given = (name) => Boolean(process.env[name]);
  const profile = given('TEMPORAL_PROFILE') || given('TEMPORAL_CONFIG_FILE');
  const missing = names.filter(
    (name) => !given(name) && !given(name.replace(/_DATA$/, '_PATH')) && !(profile && name.startsWith('TEMPORAL_')),
  );
  if (missing.length > 0)
    throw new Refusal(
      `Workers are given ${missing.join(', ')} by Terraform, and this command has none: set the same here, ` +
        'for Temporal also as ..._PATH or by TEMPORAL_PROFILE.',
    );
}

/** Value of an expression of variables before anything is planned; `null` while a variable that it needs is missing. */
function evaluate(expression) {
  const { status, stdout } = spawnSync('terraform', [IN, 'console'], {
    input: `jsonencode(${expression})\n`,
    stdio: ['pipe', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Refusal(`Terraform does not take its variables: see terraform ${IN} plan, and correct terraform.tfvars.`);
  return stdout.startsWith('"') ? JSON.parse(JSON.parse(stdout)) : null;
}

/** Values of all outputs by name. */
export function outputs() {
  const text = ask('terraform', IN, 'output', '-json');
  if (text === null) throw new Refusal('terraform output failed: run terraform apply first.');
  return Object.fromEntries(Object.entries(JSON.parse(text)).map(([name, { value }]) => [name, value]));
}
