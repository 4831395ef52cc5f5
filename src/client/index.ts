/** The library's subpath for programs that start runs and ask about them: it loads no worker and none of its native code. */
export { readConfig, type Config } from '../config/config.js';
export { loadDefinition, parseDefinition } from '../definition/definition.js';
export { openPipelineClient, type PipelineClient } from './pipeline-client.js';
export type { DecideOptions } from './decide.js';
