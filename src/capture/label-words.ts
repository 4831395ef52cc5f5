import type { TargetDefinition } from '../contracts/definition.js';
import { labelOfText, labelSpellings } from '../data/spellings.js';
import type { Label } from './known-labels.js';

/** Spellings whose class is remembered: a file has few. */
const MAX_WORDS = 1000;

/** How labels are spelled: the definition's own spellings, and how it calls the classes. */
export type Spellings = Pick<TargetDefinition, 'labels' | 'positive' | 'negative'>;

/** Reads labels: as the definition spells them, as it calls the classes, and plainly where it spells no numbers of its own. */
export interface LabelWords {
  labelOf: (text: string) => Label | undefined;
  /** What to write. */
  known: string[];
}

export function labelWords({ labels, positive, negative }: Spellings): LabelWords {
  const own = labelSpellings(labels);
  const named = labelSpellings({ [negative]: 0, [positive]: 1 });
  const zeroAndOne = own.numbers.length === 0 ? labelSpellings({ 0: 0, 1: 1 }) : null;
  const found = new Map<string, Label | undefined>();
  const find = (text: string): Label | undefined =>
    labelOfText(own, text) ?? labelOfText(named, text) ?? (zeroAndOne ? labelOfText(zeroAndOne, text) : undefined);
  const labelOf = (text: string): Label | undefined => {
    if (!found.has(text) && found.size < MAX_WORDS) found.set(text, find(text));
    return found.has(text) ? found.get(text) : find(text);
  };
  return { labelOf, known: [...Object.keys(labels), ...(zeroAndOne === null ? [] : ['0', '1'])] };
}
