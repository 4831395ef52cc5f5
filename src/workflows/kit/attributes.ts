import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { SEARCH_ATTRIBUTES } from '../../contracts/names.js';

/** Sets one of the search attributes by which runs are found in the Web UI. Never personal data. */
export const attribute = (name: (typeof SEARCH_ATTRIBUTES)[number], value: string): void =>
  upsertSearchAttributes([{ key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value }]);
