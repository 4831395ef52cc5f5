import type { Project } from '../../src/contracts/names.js';

/** The project of tests that bring their own activities or schedules. */
export const PROJECT: Project = { taskQueue: 'mlops', store: '00000000-0000-4000-8000-000000000001' };
