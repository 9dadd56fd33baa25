import type { CodecModule, FrameDecoder } from '@cornerstonejs/codec-openjpeg/decodewasmjs';

import { type CodestreamSize, codestreamSize, type FrameSize } from './codestream-size.js';
import { damagedPixels } from './damaged.js';
import { decodeExtendedJpeg } from './extended-jpeg.js';

/** Samples as the codec left them. */
export interface DecodedFrame {
  /** Little-endian. */
  readonly bytes: Uint8Array;
  readonly bytesPerSample: number;
}

type Compression = 'jpeg' | 'jpegLossless' | 'jpegLs' | 'jpeg2000' | 'htj2k';
type WasmCompression = Exclude<Compression, 'jpegLossless'>;

/** Of each module its own: it puts itself into what it is given. */
const quiet = () => ({ print: () => undefined, printErr: () => undefined });

/** Each codec is loaded when the first file asks for it. */
const loaders: Readonly<Record<WasmCompression, () => Promise<CodecModule>>> = {
  jpeg: async () =>
    (await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs')).default(quiet()),
  jpegLs: async () => (await import('@cornerstonejs/codec-charls/decodewasmjs')).default(quiet()),
  jpeg2000: async () =>
    (await import('@cornerstonejs/codec-openjpeg/decodewasmjs')).default(quiet()),
  htj2k: async () => (await import('@cornerstonejs/codec-openjph')).default(quiet()),
};
const started = new Map<WasmCompression, Promise<CodecModule>>();

/**
 * Decodes one JPEG, JPEG-LS, JPEG 2000 or HTJ2K frame of one sample per pixel.
 *
 * @throws `INVALID_FILE` for a damaged frame or one of another size than its header says
 */
export async function decodeCodestream(
  frame: Uint8Array,
  compression: Compression,
  expected: FrameSize,
  path: string,
): Promise<DecodedFrame> {
  // Before anything is allocated: a codec would believe the size in the stream.
  const size = codestreamSize(frame);
  if (size?.rows !== expected.rows || size.columns !== expected.columns) {
    throw damagedPixels(
      path,
      `its header says ${expected.rows} × ${expected.columns} pixels, its image ${size ? `${size.rows} × ${size.columns}` : 'nothing readable'}`,
    );
  }
  if (compression === 'jpegLossless') return decodeLossless(frame, size, path);
  if (compression === 'jpeg' && size.precision > 8) return decodeExtended(frame, expected, path);
  return decodeByWasm(frame, compression, expected, path);
}

async function decodeLossless(
  frame: Uint8Array,
  { rows, columns, precision }: CodestreamSize,
  path: string,
): Promise<DecodedFrame> {
  const { Decoder } = await import('jpeg-lossless-decoder-js');
  const bytesPerSample = precision > 8 ? 2 : 1;
  try {
    const copy = Uint8Array.from(frame);
    const bytes = new Uint8Array(new Decoder().decompress(copy.buffer, 0, copy.length));
    if (bytes.length === rows * columns * bytesPerSample) return { bytes, bytesPerSample };
  } catch (error) {
    throw damagedPixels(path, 'its JPEG image cannot be decoded', error);
  }
  throw damagedPixels(path, 'its JPEG image is incomplete');
}

async function decodeExtended(
  frame: Uint8Array,
  size: FrameSize,
  path: string,
): Promise<DecodedFrame> {
  const bytes = await decodeExtendedJpeg(frame, size).catch((error: unknown) => {
    throw damagedPixels(path, 'its JPEG image of 12 bits cannot be decoded', error);
  });
  if (bytes.length === size.rows * size.columns * 2) return { bytes, bytesPerSample: 2 };
  throw damagedPixels(path, 'its JPEG image of 12 bits is incomplete or has several components');
}

async function decodeByWasm(
  frame: Uint8Array,
  compression: WasmCompression,
  { rows, columns }: FrameSize,
  path: string,
): Promise<DecodedFrame> {
  const decoder = newDecoder(await startCodec(compression), compression);
  try {
    decoder.getEncodedBuffer(frame.length).set(frame);
    decoder.decode();
    const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
    const bytesPerSample = bitsPerSample > 8 ? 2 : 1;
    const bytes = Uint8Array.from(decoder.getDecodedBuffer());
    decoder.delete();
    const isWhole = width === columns && height === rows && componentCount === 1;
    if (isWhole && bytes.length === rows * columns * bytesPerSample) {
      return { bytes, bytesPerSample };
    }
  } catch (error) {
    started.delete(compression); // an aborted module cannot be used again, nor its decoder freed
    throw damagedPixels(path, `its ${compression} image cannot be decoded`, error);
  }
  throw damagedPixels(path, `its ${compression} image has another size or several components`);
}

function startCodec(compression: WasmCompression): Promise<CodecModule> {
  const running = started.get(compression) ?? loaders[compression]();
  started.set(compression, running);
  return running;
}

function newDecoder(module: CodecModule, compression: WasmCompression): FrameDecoder {
  switch (compression) {
    case 'jpeg':
      return new module.JPEGDecoder();
    case 'jpegLs':
      return new module.JpegLSDecoder();
    case 'jpeg2000':
      return new module.J2KDecoder();
    case 'htj2k':
      return new module.HTJ2KDecoder();
  }
}
