import { MODEL_NAME } from '../contracts/model-limits.js';
import { PipelineFailure } from '../contracts/failures.js';
import { DAY_MS, dayText, HOUR_MS } from '../contracts/text.js';

const PARTITION = /\/date=(\d{4}-\d{2}-\d{2})\/hour=(\d{2})\/[^/]+\.jsonl(\.gz)?$/;

/** A delivery stream partitions by arrival: a line may be in an hour beside its own. */
const SLACK_MS = HOUR_MS;

/** A stretch of time in milliseconds since the epoch, `to` excluded. */
export interface Span {
  from: number;
  to: number;
}

/** Whether a model's name can be a folder; definitions allow no other. */
export const isModelName = (name: string): boolean => MODEL_NAME.test(name);

/** @throws PipelineFailure `DefinitionInvalid` for a name that could lead to another folder */
export function checkModelName(name: string): void {
  if (isModelName(name)) return;
  throw new PipelineFailure(
    'DefinitionInvalid',
    'The model whose capture is wanted has a name other than lower-case letters, digits and hyphens; correct "model" in the definition.',
  );
}

/** A time for file names, which then sort as their times do: `20260102T030405006Z`. */
export const compactTime = (time: Date): string => time.toISOString().replace(/[-:.]/g, '');

/** Folder of a prediction made at `time` (milliseconds): `anemia/date=2026-01-02/hour=03`. */
export function partitionOf(model: string, time: number): string {
  const iso = new Date(time).toISOString();
  return `${model}/date=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}`;
}

/** Folder of the labels that were given for a model. */
export const feedbackFolder = (model: string): string => `${model}/feedback/`;

/** Folders of the hours, or of whole days, whose files may hold lines of `span`, oldest first. */
export function foldersOf(model: string, { from, to }: Span): string[] {
  const folders: string[] = [];
  const end = from < to ? to + SLACK_MS : -Infinity;
  for (let time = Math.floor((from - SLACK_MS) / HOUR_MS) * HOUR_MS; time < end;) {
    const isWholeDay = time % DAY_MS === 0 && time + DAY_MS <= end;
    folders.push(isWholeDay ? `${model}/date=${dayText(time)}/` : `${partitionOf(model, time)}/`);
    time += isWholeDay ? DAY_MS : HOUR_MS;
  }
  return folders;
}

/** The hour that a file of captured lines belongs to, like `2026-01-02T03`, which sorts by time; `null` for other files. */
export function hourOfPath(path: string): string | null {
  const match = PARTITION.exec(path);
  return match === null ? null : `${match[1]!}T${match[2]!}`;
}

/** The day that a file of captured lines or of labels belongs to, like `2026-01-02`; `null` for other files. */
export const dayOfPath = (path: string): string | null =>
  /^[a-z][a-z0-9-]*\/(?:feedback\/)?date=(\d{4}-\d{2}-\d{2})\//.exec(path)?.[1] ?? null;

/** How a file's hour lies to `span`: `within` when they overlap, `beside` when it may hold stragglers, otherwise `null`. */
export function placeOf(path: string, { from, to }: Span): 'within' | 'beside' | null {
  const [, day, hour] = PARTITION.exec(path) ?? [];
  const start = Date.parse(`${day ?? ''}T${hour ?? ''}:00:00Z`);
  const overlaps = (slack: number) => start < to + slack && start + HOUR_MS > from - slack;
  if (overlaps(0)) return 'within';
  return overlaps(SLACK_MS) ? 'beside' : null;
}
