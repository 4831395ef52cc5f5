import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  RetryState,
  TimeoutFailure,
} from '@temporalio/common';
import { expect, it } from 'vitest';
import { reasonOf, rootCause } from '../../../src/contracts/failures.js';

const ofActivity = (cause?: Error) =>
  new ActivityFailure('Activity task failed', 'fitCandidate', '7', RetryState.NON_RETRYABLE_FAILURE, 'w', cause);
const ofChild = (cause: Error) =>
  new ChildWorkflowFailure(
    'default',
    { workflowId: 'deploy-anemia' },
    'deployModel',
    RetryState.NON_RETRYABLE_FAILURE,
    cause,
  );

it('is what the step gave, below the failures by which Temporal passes it on', () => {
  const own = ApplicationFailure.nonRetryable('Nothing serves.', 'NotServing', undefined);
  expect(rootCause(ofChild(ofActivity(own)))).toBe(own);
  expect(reasonOf(ofChild(ofActivity(own)))).toBe('Nothing serves.');
});

it('is in the words of the step, not of what lay below it', () => {
  const below = new Error('connect ECONNREFUSED');
  const own = new ApplicationFailure('MLflow does not answer.', null, false, [], below);
  expect(reasonOf(ofActivity(own))).toBe('MLflow does not answer.');
});

it('is the failure itself where nothing lies below', () => {
  const timeout = new TimeoutFailure('activity StartToClose timeout', undefined, 'START_TO_CLOSE');
  expect(rootCause(ofActivity(timeout))).toBe(timeout);
  expect(reasonOf(ofActivity())).toBe('Activity task failed');
  expect(reasonOf('a text')).toBe('unknown');
});
