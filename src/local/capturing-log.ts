import { randomBytes } from 'node:crypto';
import { compactTime } from '../capture/partitions.js';
import { captureDirectory } from '../capture/file-source.js';
import { openCaptureWriter } from '../capture/writer.js';
import { fileLog, type LogSource } from './lambda/runtime.js';

export interface CapturingLog {
  /** Takes every line that functions print. */
  onLog: (line: string, source: LogSource) => void;
  /** Writes the predictions that wait. */
  close(): Promise<void>;
}

/**
 * Captures predictions and sends what else functions print to their logs below `directory`, the endpoint's.
 * @throws Error when the capture URI is not a `file:` URI
 */
export function openCapturingLog(options: {
  captureUri: string;
  directory: string;
  say: (line: string) => void;
}): CapturingLog {
  const capture = openCaptureWriter({ directory: captureDirectory(options.captureUri), newPart, say: options.say });
  const log = fileLog(options.directory);
  return {
    onLog(line, source) {
      if (!capture.take(line)) log(line, source);
    },
    close() {
      capture.close();
      return Promise.resolve();
    },
  };
}

/** No two writers append to the same file, nor one before and after a failure. */
const newPart = () => `${compactTime(new Date())}-${randomBytes(4).toString('hex')}`;
