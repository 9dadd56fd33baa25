import { unzipSync, type UnzipFileInfo } from 'fflate';

/** Why an archive is not read. */
export class ZipFault extends Error {
  constructor(
    /** Whether it is sound and only of a kind that is not read. */
    readonly kind: 'compressed' | 'damaged',
    /** What is wrong, such as `its entry a is there twice`. */
    what: string,
    options?: ErrorOptions,
  ) {
    super(what, options);
  }
}

/**
 * The entries of a zip archive that compresses nothing. So none can grow beyond the file, nor do entries share
 * bytes: whatever the directory claims, all of them together are no larger than the archive.
 *
 * @throws {@link ZipFault}
 */
export function readStoredZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const names = new Set<string>();
  let total = 0;
  const isSound = ({ name, size, originalSize, compression }: UnzipFileInfo): boolean => {
    if (compression !== 0 || size !== originalSize) {
      throw new ZipFault('compressed', `has a compressed entry, ${name}`);
    }
    total += size;
    if (names.has(name)) throw new ZipFault('damaged', `its entry ${name} is there twice`);
    if (total > bytes.byteLength) {
      throw new ZipFault('damaged', 'its entries are larger than the file');
    }
    names.add(name);
    return true;
  };
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter: isSound })));
  } catch (cause) {
    if (cause instanceof ZipFault) throw cause;
    throw new ZipFault('damaged', 'its zip archive is damaged', { cause });
  }
}

/** Whether bytes begin as a zip archive does. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}
