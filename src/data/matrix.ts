import { endianness } from 'node:os';
import { PipelineFailure } from '../contracts/failures.js';
import type { Table } from '../ml/table.js';

/** First bytes of a matrix; the digit is the version of the layout. */
const MAGIC = 'MATRIX1\n';
const PREFIX_BYTES = MAGIC.length + 4;
const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;
const GROUP_BYTES = Int32Array.BYTES_PER_ELEMENT;
/** Bound for the header of a damaged file. */
const MAX_HEADER_BYTES = 1 << 20;

/** A data set ready for learning: n rows, each with a role such as training or hold-out. */
export interface Matrix extends Table {
  /** Of the columns. */
  names: string[];
  /** n roles; what they mean is up to the writer. */
  roles: Uint8Array;
}

/**
 * One binary document: magic, header length (uint32), header `{"names": [...], "rows": n}` padded with spaces to a
 * multiple of 8, then the columns as little-endian doubles, the labels and the roles as bytes. With groups the header says
 * `"groups": true`, and they follow as little-endian 32-bit integers.
 * @throws RangeError when an array has not as many entries as there are rows or names.
 */
export function encodeMatrix(matrix: Matrix): Uint8Array {
  const { names, columns, labels, roles, groups } = matrix;
  const rows = labels.length;
  const perRow = [...columns, roles, ...(groups ? [groups] : [])];
  if (columns.length !== names.length || perRow.some((values) => values.length !== rows)) {
    throw new RangeError(`A matrix of ${names.length} names and ${rows} labels has arrays of other lengths.`);
  }
  const json = Buffer.from(JSON.stringify({ names, rows, ...(groups && { groups: true }) }));
  const headerBytes = Math.ceil((PREFIX_BYTES + json.length) / NUMBER_BYTES) * NUMBER_BYTES - PREFIX_BYTES;
  const start = PREFIX_BYTES + headerBytes;
  const bytes = Buffer.alloc(start + rows * bytesPerRow(names.length, groups !== undefined), ' ');
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(headerBytes, MAGIC.length);
  bytes.set(json, PREFIX_BYTES);
  columns.forEach((column, index) => bytes.set(littleEndian(column), start + index * rows * NUMBER_BYTES));
  const tail = start + rows * names.length * NUMBER_BYTES;
  bytes.set(labels, tail);
  bytes.set(roles, tail + rows);
  groups?.forEach((group, row) => bytes.writeInt32LE(group, tail + 2 * rows + row * GROUP_BYTES));
  return bytes;
}

const bytesPerRow = (names: number, grouped: boolean): number => names * NUMBER_BYTES + 2 + (grouped ? GROUP_BYTES : 0);

/**
 * The inverse of `encodeMatrix`. Shares memory with `bytes` where alignment allows.
 * @throws ArtifactCorrupt when the bytes are not such a document, whole and to the byte.
 */
export function decodeMatrix(bytes: Uint8Array): Matrix {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < PREFIX_BYTES || buffer.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw corrupt('does not start with the mark of a version 1 matrix');
  }
  const start = PREFIX_BYTES + buffer.readUInt32LE(MAGIC.length);
  if (start > buffer.length || start > MAX_HEADER_BYTES) throw corrupt('ends inside its header');
  const { names, rows, grouped } = parseHeader(buffer.toString('utf8', PREFIX_BYTES, start));
  const expected = start + rows * bytesPerRow(names.length, grouped);
  if (buffer.length !== expected) throw corrupt(`has ${buffer.length} bytes instead of ${expected}`);
  const columns = names.map((_, index) => doubles(buffer, start + index * rows * NUMBER_BYTES, rows));
  const tail = start + rows * names.length * NUMBER_BYTES;
  const labels = new Uint8Array(buffer.buffer, buffer.byteOffset + tail, rows);
  if (labels.some((label) => label > 1)) throw corrupt('has a label other than 0 and 1');
  const roles = new Uint8Array(buffer.buffer, buffer.byteOffset + tail + rows, rows);
  if (!grouped) return { names, columns, labels, roles };
  const groups = new Int32Array(rows).map((_, row) => buffer.readInt32LE(tail + 2 * rows + row * GROUP_BYTES));
  if (groups.some((group) => group < 0 || group >= rows)) throw corrupt(`has a group outside 0 to ${rows - 1}`);
  return { names, columns, labels, roles, groups };
}

function parseHeader(text: string): { names: string[]; rows: number; grouped: boolean } {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw corrupt('has a header that is not JSON', error);
  }
  if (typeof header === 'object' && header !== null && 'names' in header && 'rows' in header) {
    const { names, rows } = header;
    const isCount = typeof rows === 'number' && Number.isSafeInteger(rows) && rows >= 0;
    if (isCount && isNames(names)) return { names, rows, grouped: 'groups' in header && header.groups === true };
  }
  throw corrupt('has a header without names and number of rows');
}

const isNames = (names: unknown): names is string[] =>
  Array.isArray(names) && names.every((name) => typeof name === 'string');

function littleEndian(column: Float64Array): Uint8Array {
  const bytes = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  return endianness() === 'LE' ? bytes : Buffer.from(bytes).swap64();
}

function doubles(buffer: Buffer, offset: number, rows: number): Float64Array {
  const from = buffer.byteOffset + offset;
  if (endianness() === 'LE' && from % NUMBER_BYTES === 0) return new Float64Array(buffer.buffer, from, rows);
  const copy = new Uint8Array(rows * NUMBER_BYTES);
  copy.set(buffer.subarray(offset, offset + copy.length));
  if (endianness() === 'BE') Buffer.from(copy.buffer).swap64();
  return new Float64Array(copy.buffer);
}

function corrupt(sentence: string, cause?: unknown): PipelineFailure {
  return new PipelineFailure('ArtifactCorrupt', `The stored matrix ${sentence}; run feature preparation again.`, {
    cause,
  });
}
