// A sink of one's own: adds alerts to a file in the home of whoever uses it.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

export default function send(alert) {
  appendFileSync(join(process.env.MLOPS_HOME, 'alerts.jsonl'), `${JSON.stringify(alert)}\n`);
}
