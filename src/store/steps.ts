import { sha256Of } from './files.js';

/** A step's result as it is kept: with its own hash, so that a changed one is known. */
export const encodeStep = (value: unknown): string =>
  JSON.stringify({ sha256: sha256Of(JSON.stringify(value)), value });

/** The result, `null` when the text was damaged. */
export function decodeStep(text: string): unknown {
  try {
    const { sha256, value } = JSON.parse(text) as { sha256?: string; value?: unknown };
    return sha256 === sha256Of(JSON.stringify(value ?? null)) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
