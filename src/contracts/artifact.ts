/** Where bytes live and how to know that they are the right ones. The only way data travels through a workflow. */
export interface ArtifactRef {
  /** `file:` or `s3:` URI of the stored bytes. */
  uri: string;
  /** Lower-case hexadecimal SHA-256 of the bytes; every reader checks it. */
  sha256: string;
  /** Size in bytes. */
  bytes: number;
}
