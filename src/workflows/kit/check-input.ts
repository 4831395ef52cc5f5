import { proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.js';
import { checking } from './profiles.js';

/**
 * Has the worker parse a workflow's input, before anything is done with it: whoever reaches Temporal may start one.
 * @throws InputInvalid with path and reason
 */
export const { checkInput } = proxyLocalActivities<Pick<Activities, 'checkInput'>>(checking);
