/** What a download may take, and where it may go. */
export interface DownloadLimits {
  /** Bytes of the whole file, unpacked where it was packed for the way. */
  maxBytes: number;
  /** Milliseconds without a byte after which the connection is given up. */
  idleMs: number;
  /** Hosts, in small letters and with a port where only that one is meant, that may have private addresses. */
  hosts: readonly string[];
}

/** 10 GiB, a minute of silence, and the Internet alone. */
export const DEFAULT_DOWNLOAD_LIMITS: DownloadLimits = { maxBytes: 10 * 2 ** 30, idleMs: 60_000, hosts: [] };
