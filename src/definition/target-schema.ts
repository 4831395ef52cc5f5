import { z } from 'zod';
import { SHORT_TEXT, SHORT_TEXT_WORDS } from '../contracts/model-limits.js';
import { CELL_TEXT_WORDS, isCellText, targetProblem } from '../data/spellings.js';

/** What a header or a cell of the table says. */
export const cellText = z.string().refine(isCellText, `must be ${CELL_TEXT_WORDS}`);
/** Name of a column of the table. */
export const header = cellText.trim().min(1);

/** What a class is called. */
const className = z.string().regex(SHORT_TEXT, `must be ${SHORT_TEXT_WORDS}`);

/** A record never has the key that stands for an object's prototype, so a class of that spelling would get lost. */
const withoutPrototype = (value: unknown, context: { issues: z.core.$ZodRawIssue[] }): unknown => {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
    context.issues.push({
      code: 'custom',
      input: value,
      message: 'must spell no class "__proto__": write it otherwise',
    });
  return value;
};

const labels = z.preprocess(
  withoutPrototype,
  z
    .record(z.string().min(1), z.literal([0, 1]))
    .refine((labels) => Object.keys(labels).every(isCellText), `must spell classes with ${CELL_TEXT_WORDS}`)
    .refine((labels) => new Set(Object.values(labels)).size === 2, 'must spell both classes, 0 and 1'),
);

/** `target`: which column tells the classes, how they are spelled there and called in results. */
export const target = z
  .strictObject({
    source: header,
    labels,
    positive: className.default('positive'),
    negative: className.default('negative'),
  })
  .superRefine((target, context) => {
    const problem = targetProblem(target);
    if (problem !== null)
      context.issues.push({ code: 'custom', input: target, path: [problem.key], message: problem.message });
  });
