/** What a program has put between header and voxels: `code` says which, such as 4 for AFNI's XML. */
export interface NiftiExtension {
  readonly code: number;
  readonly bytes: Uint8Array;
}

const HEAD_BYTES = 8; // size and code

/**
 * The extensions of a file.
 *
 * @param bytes what follows the header up to the voxels: four bytes whose first says whether there
 *   are extensions, then these. One that lies about its size ends the list.
 */
export function parseExtensions(bytes: Uint8Array, littleEndian: boolean): NiftiExtension[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const extensions: NiftiExtension[] = [];
  if (bytes.length < 4 || bytes[0] === 0) return extensions;
  let at = 4;
  while (at + HEAD_BYTES <= bytes.length) {
    const size = view.getInt32(at, littleEndian);
    if (size < HEAD_BYTES || at + size > bytes.length) break;
    const code = view.getInt32(at + 4, littleEndian);
    extensions.push({ code, bytes: bytes.slice(at + HEAD_BYTES, at + size) });
    at += size;
  }
  return extensions;
}

/** Little-endian bytes that {@link parseExtensions} reads; sizes are multiples of 16. */
export function encodeExtensions(extensions: readonly NiftiExtension[]): Uint8Array {
  const sizes = extensions.map(({ bytes }) => Math.ceil((bytes.length + HEAD_BYTES) / 16) * 16);
  const encoded = new Uint8Array(sizes.reduce((total, size) => total + size, 4));
  const view = new DataView(encoded.buffer);
  encoded[0] = extensions.length > 0 ? 1 : 0;
  let at = 4;
  extensions.forEach(({ code, bytes }, index) => {
    view.setInt32(at, sizes[index], true);
    view.setInt32(at + 4, code, true);
    encoded.set(bytes, at + HEAD_BYTES);
    at += sizes[index];
  });
  return encoded;
}
