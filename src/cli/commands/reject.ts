import { decisionCommand } from './approve.js';

export const command = decisionCommand('reject', 'stop the model that waits');
