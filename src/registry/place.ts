import type { Place } from './monitoring-log.js';

/** Where a monitoring log keeps what belongs to a place. @throws Error for a name that would lead elsewhere */
export function folderOf({ model, functionName, alias }: Place): string {
  if (![model, functionName, alias].every((part) => /^[A-Za-z0-9_-]{1,128}$/.test(part)))
    throw new Error('Names of models, functions and aliases have letters, digits, hyphens and underscores.');
  return `${model}/monitoring/${functionName}.${alias}`;
}

/** Deliveries of alerts that are remembered; an episode is over long before. */
export const DELIVERIES = 200;

/** A look that is recorded again is one of so many latest. */
export const RECENT = 20;
