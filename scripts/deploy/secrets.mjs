// Secrets that the command line needs as the workers do. Terraform knows which; their values are in the environment alone.
import { evaluate } from './terraform.mjs';
import { Refusal } from './tools.mjs';

/** @throws Refusal naming what is missing, when the command could not sign in to Temporal or could not encrypt what it sends */
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
