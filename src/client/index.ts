/**
 * The library's subpath for programs that start runs and ask about them, and for what else people do by commands: it loads
 * no worker and none of its native code.
 */
export { readConfig, type Config } from '../config/config.js';
export { loadDefinition, parseDefinition } from '../definition/definition.js';
export { openCapture, openRegistry, openReportObjects, openStore } from '../compose/composition.js';
export { openApprovers, openProofs } from '../compose/open-identities.js';
export { openPipelineClient, type PipelineClient } from './pipeline-client.js';
export type { DecideOptions } from './decide.js';
export type { Decided } from '../contracts/decision.js';
export { addApprover, type ApproverSources, causeBy, type Enrolled } from './approvers.js';
export { type KnownApprovers, listApprovers, removeApprover } from './approvers.js';
export { exportVersion, type ExportedVersion, type ExportOptions } from './models.js';
export { type FeedbackResult, giveFeedback } from './captures.js';
export { listModels, type ModelRow, writeOff, type WriteOffOptions, type WrittenOff } from './models.js';
export { forget, type ForgetOptions, type Forgotten, type Prunable, prune } from './captures.js';
