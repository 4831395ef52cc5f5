// make down_local: ends the stack; its volumes stay.
import { main, needDocker, run } from './tools.mjs';

await main(() => {
  needDocker();
  run('docker', ['compose', '--profile', '*', 'down', '--remove-orphans']);
});
