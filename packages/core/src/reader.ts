import { type AnyVoxmimError, isVoxmimError } from './errors.js';
import type { Volume } from './volume.js';

/** Reads one kind of file. */
export interface VolumeReader {
  readonly name: string;
  /**
   * Grows when the same file gives other voxels: part of the key of cached volumes. Defaults to 0.
   */
  readonly version?: number;
  /**
   * The URL of a module that exports this reader as `reader`: its own `import.meta.url`. Loader threads
   * import it, as no function reaches them; without it, volumes are loaded beside the training.
   */
  readonly module?: string;
  /** Whether this reader knows files or folders of this name. Looks at the name only. */
  accepts(path: string): boolean;
  /**
   * Reads a file whole; the volume and its voxels are the caller's. Another grid than the file's, or
   * part of its voxels, is never given: a damaged file is an error.
   *
   * @throws `NOT_FOUND`, `INVALID_FILE`, `UNSUPPORTED_FILE`, `INVALID_DATA`, each naming the file
   */
  read(path: string): Promise<Volume>;
}

/** Whether an error is one of those of {@link VolumeReader.read}: to be blamed on the files. */
export function isUnreadable(error: unknown): error is AnyVoxmimError {
  return isVoxmimError(error, 'NOT_FOUND', 'INVALID_FILE', 'UNSUPPORTED_FILE', 'INVALID_DATA');
}
