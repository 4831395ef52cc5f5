/** Stands for a field whose bytes are no UTF-8, so it is no text of a cell's own. */
export const INVALID_FIELD = '\u0001';

export const CELL_TEXT_WORDS =
  'text that a table can hold, which is none with NUL, U+0001 or half a character (an unpaired surrogate)';

/** Whether a cell or a header of a table can say this: what cannot be there need not be looked for. */
export const isCellText = (text: string): boolean =>
  !text.includes('\0') && !text.includes(INVALID_FIELD) && !/\p{Cs}/u.test(text);

/** A text as it is read from a CSV file, where a line break inside a field becomes a space. */
export const onOneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');
