/** The codecs publish no types; these are what is used of them. */
declare module '@cornerstonejs/*' {
  export interface FrameDecoder {
    /** Where the compressed bytes go. */
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getFrameInfo(): {
      readonly width: number;
      readonly height: number;
      readonly bitsPerSample: number;
      readonly componentCount: number;
    };
    /** Samples in little-endian order; valid until the next call. */
    getDecodedBuffer(): Uint8Array | Uint8ClampedArray;
    delete(): void;
  }
  /** Used by tests. */
  export interface FrameEncoder {
    /** Where the samples go, little-endian. */
    getDecodedBuffer(frame: {
      readonly width: number;
      readonly height: number;
      readonly bitsPerSample: number;
      readonly componentCount: number;
      readonly isSigned: boolean;
      readonly isUsingColorTransform: boolean;
    }): Uint8Array;
    setNearLossless(most: number): void;
    encode(): void;
    getEncodedBuffer(): Uint8Array;
  }
  type FrameDecoderClass = new () => FrameDecoder;
  export interface CodecModule {
    readonly J2KDecoder: FrameDecoderClass;
    readonly HTJ2KDecoder: FrameDecoderClass;
    readonly JpegLSDecoder: FrameDecoderClass;
    readonly JPEGDecoder: FrameDecoderClass;
    readonly HTJ2KEncoder: new () => FrameEncoder;
    readonly JpegLSEncoder: new () => FrameEncoder;
  }
  const start: (options: {
    print: (line: string) => void;
    printErr: (line: string) => void;
  }) => Promise<CodecModule>;
  export default start;
}

declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    decompress(buffer: ArrayBuffer, offset: number, length: number): ArrayBuffer;
  }
}
