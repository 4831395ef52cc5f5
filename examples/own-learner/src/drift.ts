import { loadDefinition, openPipelineClient } from 'anemia-mlops';
import { DEFINITION, settings } from './settings.js';

/** Pumps of a hot summer. */
const SUMMER = Array.from({ length: 200 }, (_, i) => ({
  vibration: 3 + (i % 9) / 5,
  temperature: 90 + (i % 7),
  hours: 30 * i,
}));

const client = await openPipelineClient(settings(), (line) => console.error(line));
try {
  const definition = await loadDefinition(DEFINITION);
  await client.predict(definition, { dataframe_records: SUMMER });
  // Predictions are captured a moment after they are answered; a check that only looks tells when.
  for (let seen = 0; seen < SUMMER.length;) seen = (await client.checkDrift(definition)).entry.rows;
  const { entry, troubles } = await client.checkDrift(definition, { act: true });
  console.log(`${entry.rows} rows, ${entry.drift}: ${entry.decision.why}`, ...troubles);
} finally {
  await client.close();
}
