import { loadDefinition, openPipelineClient } from 'anemia-mlops';
import { DEFINITION, settings } from './settings.js';

// Starts a local stack, whose worker knows our learner, unless TEMPORAL_ADDRESS names a server with a worker of ours.
const client = await openPipelineClient(settings(), (line) => console.error(line));
try {
  const definition = await loadDefinition(DEFINITION);
  const { workflowId } = await client.startTraining(definition);
  const { outcome, leaderboard, chosen, model } = await client.result(workflowId);
  for (const { candidate, metrics, without } of leaderboard)
    if (without === null)
      console.log(`${candidate === chosen ? '*' : ' '} ${candidate}: ROC AUC ${metrics.rocAuc.value?.toFixed(3)}`);
  console.log(`${outcome}: version ${model?.version ?? '-'}`);

  const pump = { vibration: 7.1, temperature: 81, hours: 5200 };
  console.log('A shaking, hot pump:', JSON.stringify(await client.predict(definition, pump)));
} finally {
  await client.close();
}
