import type { FrameSize } from './codestream-size.js';

let starting: Promise<void> | undefined;

/**
 * Decodes a frame of lossy JPEG with 12 bits per sample (processes 2 and 4), which libjpeg-turbo's build
 * for 8 bits cannot.
 *
 * @returns little-endian samples of 16 bits, in memory of their own
 * @throws whatever the codec throws for a damaged frame
 */
export async function decodeExtendedJpeg(
  frame: Uint8Array,
  { rows, columns }: FrameSize,
): Promise<Uint8Array> {
  const { NativeCodecs, Context } = (await import('dcmjs-codecs')).default;
  // Again where another frame failed while this one waited.
  while (!NativeCodecs.isInitialized()) {
    starting ??= NativeCodecs.initializeAsync().finally(() => (starting = undefined));
    await starting;
  }
  const context = new Context({
    width: columns,
    height: rows,
    bitsAllocated: 16,
    bitsStored: 12,
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    encodedBuffer: frame,
  });
  try {
    return Uint8Array.from(NativeCodecs.decodeJpeg(context).getDecodedBuffer() ?? []);
  } catch (error) {
    // What a failed frame leaves in the module's memory is never freed: the next one gets a new module.
    NativeCodecs.release();
    throw error;
  }
}
