import { PipelineFailure } from '../contracts/failures.js';
import { sha256Of } from '../store/files.js';

const ALLOWED = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,999}$/;

/** File systems take 255 bytes, of which endings and the name of a half-written file need some. */
const LONGEST = 180;
const KEPT_OF_LONG = 150;
const HASH_DIGITS = 16;

/** A name of a file or directory as {@link fileNameOf} makes them: one segment, never hidden, never a parent. */
export const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/**
 * The file name, without an ending, that stands for an id or a model's name. Different ids get different names: a colon,
 * which some file systems refuse, becomes `_-`, and `_` becomes `__`; long ones end in a hash of the whole.
 * @throws PipelineFailure `DataContract` for anything else than letters, digits and `. _ : -`
 */
export function fileNameOf(what: string, name: string): string {
  if (!ALLOWED.test(name))
    throw new PipelineFailure(
      'DataContract',
      `The ${what} of a report is not 1 to 1000 letters, digits and ". _ : -" with a letter or digit first: give it another one.`,
    );
  const safe = name.replaceAll('_', '__').replaceAll(':', '_-');
  return safe.length <= LONGEST ? safe : `${safe.slice(0, KEPT_OF_LONG)}_.${sha256Of(name).slice(0, HASH_DIGITS)}`;
}
