import { randomBytes } from 'node:crypto';
import { compactTime } from '../capture/partitions.js';
import { captureDirectory } from '../capture/file-source.js';
import { openObjectWriter } from '../capture/object-writer.js';
import { openS3Folder } from '../vendors/aws/open-s3.js';
import type { S3Settings } from '../vendors/aws/settings.js';
import { type CaptureWriterOptions, openCaptureWriter } from '../capture/writer.js';
import { fileLog, type LogSource } from '../lambda-emulator/runtime.js';

export interface CapturingLog {
  /** Takes every line that functions print. */
  onLog: (line: string, source: LogSource) => void;
  /** Writes the predictions that wait. */
  close(): Promise<void>;
}

/**
 * Captures predictions and sends what else functions print to their logs below `directory`, the endpoint's.
 * @throws Error when the capture URI is neither a `file:` nor an `s3:` URI
 */
export function openCapturingLog(options: {
  captureUri: string;
  /** For a capture in a bucket. */
  s3: S3Settings;
  directory: string;
  say: (line: string) => void;
}): CapturingLog {
  const { captureUri, s3, say } = options;
  const capture = captureUri.startsWith('s3:')
    ? openObjectWriter({ objects: openS3Folder(captureUri, s3), newPart, say })
    : fileWriter({ directory: captureDirectory(captureUri), newPart, say });
  const log = fileLog(options.directory);
  return {
    onLog(line, source) {
      if (!capture.take(line)) log(line, source);
    },
    close: () => capture.close(),
  };
}

function fileWriter(options: CaptureWriterOptions) {
  const writer = openCaptureWriter(options);
  return {
    take: (line: string) => writer.take(line),
    close() {
      writer.close();
      return Promise.resolve();
    },
  };
}

/** No two writers append to the same file, nor one before and after a failure. */
const newPart = () => `${compactTime(new Date())}-${randomBytes(4).toString('hex')}`;
