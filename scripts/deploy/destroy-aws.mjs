// make destroy_aws: removes what make deploy_aws made, after asking.
import { needAws, terraform } from './terraform.mjs';
import { consent, main } from './tools.mjs';

await main(async () => {
  needAws();
  terraform('init', '-input=false');
  terraform('plan', '-input=false', '-destroy');
  await consent('Destroy all that is planned above');
  terraform('destroy', '-input=false', '-auto-approve');
});
