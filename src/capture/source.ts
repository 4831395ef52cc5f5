/** Where captured files are read from: a directory or a bucket. Paths are relative to the capture URI, with `/`. */
export interface CaptureSource {
  /** Paths of all files below a folder, like `anemia/date=2026-01-02/`, sorted; none when it is not there. */
  list(folder: string): Promise<string[]>;
  /** Bytes of a file, in chunks of any size. */
  open(path: string): AsyncIterable<Uint8Array>;
}

/** A capture that labels can be added to. */
export interface FeedbackStore extends CaptureSource {
  /** Writes a file, all of it or nothing. */
  put(path: string, text: string): Promise<void>;
}

/** A capture that things can be taken out of again. */
export interface PrunableCapture extends FeedbackStore {
  /** Removes a file; none is no failure. */
  remove(path: string): Promise<void>;
  /**
   * Takes the lines that match out of a file, while others may append to it, and leaves the rest.
   * @returns how many there were
   */
  erase(path: string, matches: (line: Buffer) => boolean): Promise<number>;
}
