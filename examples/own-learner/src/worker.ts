import { composeActivities, connectWorker, createWorkers, loadLearners } from 'anemia-mlops';
import { settings } from './settings.js';
import sink from './sink.js';

// A worker of our own instead of `npx anemia-mlops worker`: one of its ports is replaced, all others are as configured.
const config = settings();
await loadLearners(config.learners);
const connection = await connectWorker(config);
const { activities, close } = await composeActivities(config, connection, { alerts: [sink] });
try {
  const workers = await createWorkers(config, connection, activities);
  process.once('SIGINT', workers.shutdown).once('SIGTERM', workers.shutdown);
  console.log('The worker listens.');
  await workers.run();
} finally {
  await close();
  await connection.close();
}
