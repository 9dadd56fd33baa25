import { type Volume, VoxmimError } from '@voxmim/core';

import { type NiftiExtension, parseExtensions } from './extensions.js';
import { NIFTI_HEADER_BYTES, type NiftiHeader, readNiftiHeader } from './header.js';
import { createVoxelSink, type VoxelSink } from './voxel-sink.js';

/** A volume as its file has it. */
export interface NiftiVolume extends Volume {
  /** What other programs left in the file; `writeNifti` writes it again when it is given it. */
  readonly extensions: readonly NiftiExtension[];
  /** What somebody should know of its header, in words, such as a sform and qform that disagree. */
  readonly notes: readonly string[];
}

/**
 * Builds a volume from the bytes of an uncompressed NIfTI stream, as they come: the voxels exist
 * once, and nothing is kept of what follows them.
 */
export class NiftiAssembler {
  readonly #origin: string;
  readonly #mostBytes: number;
  #head = new Uint8Array(NIFTI_HEADER_BYTES);
  #headFilled = 0;
  #header: NiftiHeader | undefined;
  #extensionBytes: Uint8Array | undefined;
  #voxels: VoxelSink | undefined;

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
   * Takes the header from the `.hdr` of a pair; what is pushed is then the `.img` alone.
   *
   * @param file the whole `.hdr`
   * @throws `INVALID_FILE`, `UNSUPPORTED_FILE`
   */
  openPair(file: Uint8Array, headerOrigin: string): void {
    const header = readNiftiHeader(file, headerOrigin);
    this.#extensionBytes = file.subarray(header.headerBytes);
    this.#expect(header);
  }

  /**
   * Takes the next bytes.
   *
   * @returns whether all that is needed has arrived
   * @throws `INVALID_FILE`, `UNSUPPORTED_FILE`
   */
  push(chunk: Uint8Array): boolean {
    if (this.#header) return this.#take(chunk, this.#header);
    const rest = this.#collectHead(chunk);
    return this.#headFilled === NIFTI_HEADER_BYTES && this.#take(rest, this.#open());
  }

  /**
   * The volume.
   *
   * @throws `INVALID_FILE` when the stream ended before the voxels did
   */
  finish(): NiftiVolume {
    const header = this.#header ?? this.#open();
    const filled = this.#voxels?.filled ?? 0;
    if (!this.#voxels || filled < header.voxelBytes) {
      throw this.#tooShort(this.#headFilled + filled, header);
    }
    const { shape, channels, affine, headerBytes, littleEndian, notes } = header;
    const extensionBytes = this.#extensionBytes ?? this.#head.subarray(headerBytes);
    const extensions = parseExtensions(extensionBytes, littleEndian);
    return { data: this.#voxels.finish(), shape, channels, affine, extensions, notes };
  }

  /** What lies before the voxels goes to the head, the rest to them; whether these are complete. */
  #take(bytes: Uint8Array, header: NiftiHeader): boolean {
    const rest = this.#collectHead(bytes);
    if (this.#headFilled < header.voxelOffset) return false;
    this.#voxels ??= createVoxelSink(header, this.#origin);
    this.#voxels.push(rest);
    return this.#voxels.filled === header.voxelBytes;
  }

  /** Fills the head with what belongs to it; what does not comes back. */
  #collectHead(chunk: Uint8Array): Uint8Array {
    const taken = Math.min(chunk.length, this.#head.length - this.#headFilled);
    this.#head.set(chunk.subarray(0, taken), this.#headFilled);
    this.#headFilled += taken;
    return chunk.subarray(taken);
  }

  #open(): NiftiHeader {
    const collected = this.#head.subarray(0, this.#headFilled);
    const header = readNiftiHeader(collected, this.#origin);
    if (header.isPair) throw headerAlone(this.#origin);
    this.#expect(header);
    this.#take(collected, header);
    return header;
  }

  /** Starts over behind a header; refuses one that promises more than can come. */
  #expect(header: NiftiHeader): void {
    if (header.voxelOffset + header.voxelBytes > this.#mostBytes) {
      throw this.#tooShort(this.#mostBytes, header);
    }
    this.#header = header;
    this.#head = new Uint8Array(header.voxelOffset);
    this.#headFilled = 0;
  }

  #tooShort(found: number, { voxelOffset, voxelBytes }: NiftiHeader): VoxmimError<'INVALID_FILE'> {
    return new VoxmimError(
      'INVALID_FILE',
      `${this.#origin} is truncated: its header promises ${voxelOffset + voxelBytes} bytes, and it holds at most ${found}.`,
      'Copy or export the file again.',
      { path: this.#origin, offset: found },
    );
  }
}

function headerAlone(origin: string): VoxmimError<'UNSUPPORTED_FILE'> {
  return new VoxmimError(
    'UNSUPPORTED_FILE',
    `${origin} is the header of a pair; its voxels are in an .img file.`,
    'Name both files alike, .hdr and .img, and read either; or convert them to one .nii file.',
    { path: origin, feature: 'header without voxels' },
  );
}
