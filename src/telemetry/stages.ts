import type { Activities } from '../activities/index.js';

type ActivityName = keyof Activities;

/** The stage that an activity works for: those of a training run, then those that come after it. */
export const STAGE_OF: Record<ActivityName, string> = {
  checkInput: 'input',
  ingestDataset: 'ingest',
  profileDataset: 'profile',
  prepareFeatures: 'features',
  crossValidateCandidate: 'train',
  nestedCrossValidate: 'train',
  concludeSearch: 'train',
  fitCandidate: 'validate',
  evaluateCandidate: 'validate',
  judgeCandidate: 'validate',
  registerModel: 'register',
  identifyPerson: 'approve',
  recordDecision: 'approve',
  servingNow: 'deploy',
  publishModel: 'deploy',
  smokeTest: 'deploy',
  judgeTraffic: 'deploy',
  probeVersions: 'deploy',
  shiftTraffic: 'deploy',
  promoteModel: 'deploy',
  restoreChampion: 'deploy',
  recordRollback: 'deploy',
  planRollback: 'rollback',
  scheduleMonitoring: 'monitor',
  compareWindow: 'monitor',
  concludeCheck: 'monitor',
  dueAlerts: 'alert',
  sendAlert: 'alert',
  claimRetraining: 'retrain',
  withdrawRetraining: 'retrain',
  finishRetraining: 'retrain',
  reportTraining: 'report',
  reportCheck: 'report',
  pushSnapshot: 'report',
};

/** `null` for what is no activity of ours. */
export const stageOf = (activity: string): string | null =>
  Object.hasOwn(STAGE_OF, activity) ? STAGE_OF[activity as ActivityName] : null;
