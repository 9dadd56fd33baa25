/** A file of a scan: what a drop or a file input gives, or bytes with a name. */
export type ScanFile = File | NamedBytes;

/** A file that came another way. */
export interface NamedBytes {
  /** Only shown in messages, and never trusted. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** All of a file. */
export async function bytesOf(file: ScanFile): Promise<Uint8Array> {
  return 'content' in file ? file.content : new Uint8Array(await file.arrayBuffer());
}

/** The first bytes of a file, fewer than `length` only where it ends. */
export async function headOf(file: ScanFile, length: number): Promise<Uint8Array> {
  if ('content' in file) return file.content.subarray(0, length);
  return new Uint8Array(await file.slice(0, length).arrayBuffer());
}
