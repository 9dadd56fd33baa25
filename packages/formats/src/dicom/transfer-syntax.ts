import { VoxmimError } from '@voxmim/core';

/** How the pixels of a DICOM file are coded. */
export type PixelCoding =
  'raw' | 'bigEndian' | 'rle' | 'jpeg' | 'jpegLossless' | 'jpegLs' | 'jpeg2000' | 'htj2k';

const codings: Readonly<Record<string, PixelCoding | undefined>> = {
  '1.2.840.10008.1.2': 'raw', // implicit little endian
  '1.2.840.10008.1.2.1': 'raw', // explicit little endian
  '1.2.840.10008.1.2.1.99': 'raw', // deflated
  '1.2.840.10008.1.2.2': 'bigEndian',
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.4.50': 'jpeg', // baseline
  '1.2.840.10008.1.2.4.51': 'jpeg', // extended, 8 or 12 bits
  '1.2.840.10008.1.2.4.57': 'jpegLossless',
  '1.2.840.10008.1.2.4.70': 'jpegLossless', // first-order prediction
  '1.2.840.10008.1.2.4.80': 'jpegLs',
  '1.2.840.10008.1.2.4.81': 'jpegLs', // near-lossless
  '1.2.840.10008.1.2.4.90': 'jpeg2000', // lossless
  '1.2.840.10008.1.2.4.91': 'jpeg2000',
  '1.2.840.10008.1.2.4.201': 'htj2k', // lossless
  '1.2.840.10008.1.2.4.202': 'htj2k', // lossless, RPCL
  '1.2.840.10008.1.2.4.203': 'htj2k',
};

/**
 * The coding of a transfer syntax.
 *
 * @throws `UNSUPPORTED_FILE` for video and unknown ones
 */
export function pixelCodingOf(uid: string, path: string): PixelCoding {
  const coding = codings[uid];
  if (coding) return coding;
  throw new VoxmimError(
    'UNSUPPORTED_FILE',
    `${path} has the transfer syntax ${uid}.`,
    'Convert it to explicit little endian first, such as by dcmdjpeg or gdcmconv.',
    { path, feature: `transfer syntax ${uid}` },
  );
}
