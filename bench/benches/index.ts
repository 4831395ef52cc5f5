import type { Bench } from '../context.js';
import { cli } from './cli.js';
import { coldStart } from './cold-start.js';
import { falseAlarms } from './false-alarms.js';
import { driftCheck } from './drift-check.js';
import { boosting, cart, forest, svm } from './learners.js';
import { localEndpoint } from './local-endpoint.js';
import { lostPerformance } from './lost-performance.js';
import { millionRows } from './million-rows.js';
import { pipelineWarm } from './pipeline-warm.js';
import { prepare } from './prepare.js';
import { zipSize } from './zip-size.js';

/** Every bench, in the order they are run and shown. */
export const BENCHES: Bench[] = [
  cli,
  pipelineWarm,
  zipSize,
  coldStart,
  localEndpoint,
  millionRows,
  prepare,
  cart,
  forest,
  boosting,
  svm,
  driftCheck,
  falseAlarms,
  lostPerformance,
];
