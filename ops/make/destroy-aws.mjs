// make destroy_aws: removes what make deploy_aws made, after asking.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needAws, terraform } from './terraform.mjs';
import { consent, main } from './tools.mjs';

await main(async () => {
  needAws();
  terraform('init', '-input=false');
  const plans = mkdtempSync(join(tmpdir(), 'mlops-plan-'));
  try {
    const plan = join(plans, 'destroy');
    terraform('plan', '-input=false', '-destroy', `-out=${plan}`);
    await consent('Destroy all that is planned above');
    terraform('apply', '-input=false', plan);
  } finally {
    rmSync(plans, { recursive: true, force: true });
  }
});
