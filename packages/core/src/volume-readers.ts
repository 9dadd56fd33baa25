import { VoxmimError } from './errors.js';
import type { VolumeReader } from './reader.js';

/** A name of each format that is built in. */
const BUILT_IN = ['scan.nii', 'scan.nii.gz', 'scan.hdr', 'scan.img', 'scan.dcm'];

/** The last extension of a name that does not begin with its only dot. */
const EXTENSION = /(?<=[^/\\])\.[^./\\]*$/;

/** Readers of formats that are not built in, which plugins bring. A value: there is no global list. */
export class VolumeReaders {
  readonly #readers: VolumeReader[] = [];

  /** In order of registration. */
  get all(): readonly VolumeReader[] {
    return this.#readers;
  }

  /**
   * Adds a reader; returns `this` so that calls chain.
   *
   * @throws `INVALID_CONFIG` when its name is in use, or it takes NIfTI or DICOM files
   */
  register(reader: VolumeReader): this {
    const taken = BUILT_IN.find((name) => reader.accepts(name));
    if (taken !== undefined) {
      throw refused(reader, `takes files such as ${taken}, which are read already`);
    }
    if (this.#readers.some(({ name }) => name === reader.name)) {
      throw refused(reader, 'is already registered');
    }
    this.#readers.push(reader);
    return this;
  }

  /** The reader of a file or folder of this name. */
  find(path: string): VolumeReader | undefined {
    return this.#readers.find((reader) => reader.accepts(path));
  }

  /** A path without its extension, where a reader knows it. */
  withoutExtension(path: string): string {
    return this.find(path) ? path.replace(EXTENSION, '') : path;
  }
}

function refused({ name }: VolumeReader, why: string): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    `The reader "${name}" ${why}.`,
    'Give it a prefixed name, such as "acme/mha", and let it accept its own extension only.',
    { path: 'readers', received: name },
  );
}
