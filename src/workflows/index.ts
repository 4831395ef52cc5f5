export { checkDrift } from './check-drift.js';
export { deployModel } from './deploy-model.js';
export { trainingPipeline } from './training-pipeline.js';
export { rollbackModel } from './rollback-model.js';
export { retrainModel } from './retrain-model.js';
