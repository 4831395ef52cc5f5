import { appendFile } from 'node:fs/promises';
import type { AlertSink } from 'anemia-mlops';

/** Alerts to a file, for a pager to follow. */
const sink: AlertSink = {
  name: 'pager',
  send: ({ model, message }) => appendFile('alerts.log', `${model.name} version ${model.version}: ${message}\n`),
};

export default sink;
