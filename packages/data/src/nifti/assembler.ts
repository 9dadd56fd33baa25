import { type Volume, VoxmimError } from '@voxmim/core';

import { NIFTI_HEADER_BYTES, type NiftiHeader, readNiftiHeader } from './header.js';
import { volumeOfVoxels } from './voxels.js';

/**
 * Builds a volume from the bytes of an uncompressed single-file NIfTI stream, as they come: one copy
 * of the voxels, nothing kept of what follows them.
 */
export class NiftiAssembler {
  readonly #origin: string;
  readonly #mostBytes: number;
  #buffer = new Uint8Array(NIFTI_HEADER_BYTES);
  #filled = 0;
  #header: NiftiHeader | undefined;

  /**
   * @param origin named in errors: the path
   * @param mostBytes what the stream can hold at most; a header that promises more is refused before
   *   anything is allocated
   */
  constructor(origin: string, mostBytes: number) {
    this.#origin = origin;
    this.#mostBytes = mostBytes;
  }

  /**
   * Takes the next bytes.
   *
   * @returns whether all that is needed has arrived
   * @throws `INVALID_FILE`, `UNSUPPORTED_FILE`
   */
  push(chunk: Uint8Array): boolean {
    const taken = this.#fill(chunk);
    if (!this.#header && this.#filled === NIFTI_HEADER_BYTES) {
      this.#open();
      this.#fill(chunk.subarray(taken));
    }
    return this.#header !== undefined && this.#filled === this.#buffer.length;
  }

  /**
   * The volume.
   *
   * @throws `INVALID_FILE` when the stream ended before the voxels did
   */
  finish(): Volume {
    const header = this.#header ?? this.#open();
    if (this.#filled < this.#buffer.length) throw this.#tooShort(this.#filled);
    const voxels = this.#buffer.subarray(
      header.voxelOffset,
      header.voxelOffset + header.voxelBytes,
    );
    return volumeOfVoxels(voxels, header);
  }

  #fill(chunk: Uint8Array): number {
    const taken = Math.min(chunk.length, this.#buffer.length - this.#filled);
    this.#buffer.set(chunk.subarray(0, taken), this.#filled);
    this.#filled += taken;
    return taken;
  }

  #open(): NiftiHeader {
    const header = readNiftiHeader(this.#buffer.subarray(0, this.#filled), this.#origin);
    if (header.isPair) {
      throw new VoxmimError(
        'UNSUPPORTED_FILE',
        `${this.#origin} is the header of a pair; its voxels are in an .img file.`,
        'Read the pair by its path, or convert it to one .nii file.',
        { path: this.#origin, feature: 'header without voxels' },
      );
    }
    const size = header.voxelOffset + header.voxelBytes;
    if (size > this.#mostBytes) throw this.#tooShort(this.#mostBytes, size);
    const buffer = this.#allocate(size);
    buffer.set(this.#buffer.subarray(0, Math.min(this.#filled, size)));
    this.#buffer = buffer;
    this.#filled = Math.min(this.#filled, size);
    this.#header = header;
    return header;
  }

  #allocate(size: number): Uint8Array<ArrayBuffer> {
    try {
      return new Uint8Array(size);
    } catch (error) {
      throw new VoxmimError(
        'UNSUPPORTED_FILE',
        `${this.#origin} holds ${size} bytes, more than this machine can allocate at once.`,
        'Read it where there is more memory, or split or crop it.',
        { path: this.#origin, feature: `${size} bytes` },
        { cause: error },
      );
    }
  }

  #tooShort(offset: number, size = this.#buffer.length): VoxmimError<'INVALID_FILE'> {
    return new VoxmimError(
      'INVALID_FILE',
      `${this.#origin} is truncated: its header promises ${size} bytes, and it holds at most ${offset}.`,
      'Copy or export the file again.',
      { path: this.#origin, offset },
    );
  }
}
