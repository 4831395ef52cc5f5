/** A UUID in lower-case letters: what Lambda calls a request, and what an answer and its captured lines bear. */
const PREDICTION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The prediction id that a value is, in lower case: programs that keep UUIDs as a type of their own often print them in
 * capitals. `null` for anything else, which may be a name in the wrong column and is not kept anywhere.
 */
export function predictionIdOf(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const id = text.trim().toLowerCase();
  return PREDICTION_ID.test(id) ? id : null;
}
