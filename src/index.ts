/** The library: what a program needs to start runs, ask models and work with data, without the command line. */
export { readConfig, type Config } from './config.js';
export { loadDefinition, parseDefinition } from './definition.js';
export { composeActivities, createWorker, runWorker } from './worker.js';
export { openDeployer, openRegistry, openStore } from './composition.js';
export { TASK_QUEUE, TRAINING_PIPELINE, STATUS_QUERY } from './contracts/pipeline.js';
export type { PipelineInput, PipelineOutcome, PipelineReport, PipelineStatus } from './contracts/pipeline.js';
export type { Definition } from './contracts/definition.js';
export type { ModelDocument, Prediction } from './contracts/model.js';
export { PipelineFailure, type FailureType } from './contracts/failures.js';
export { parseModelDocument } from './serving/model-document.js';
export { predictRow, scoreRow, scoreRows } from './serving/predict.js';
export { readTable } from './data/read.js';
export { toDataFrame } from './data/frame.js';
export { profileTable, type ExploratoryProfile } from './data/profile.js';
export type { ArtifactStore } from './store/artifact-store.js';
export type { ModelRegistry, ModelVersion } from './registry/registry.js';
export type { Deployer } from './deploy/deployer.js';
