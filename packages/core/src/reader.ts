import type { Volume } from './volume.js';

/** Reads one kind of file. */
export interface VolumeReader {
  readonly name: string;
  /** Whether this reader knows files or folders of this name. Looks at the name only. */
  accepts(path: string): boolean;
  /**
   * @throws `NOT_FOUND`, `INVALID_FILE`, `UNSUPPORTED_FILE`, each naming the file
   */
  read(path: string): Promise<Volume>;
}
