/** Pixels of a frame. */
export interface FrameSize {
  readonly rows: number;
  readonly columns: number;
}

/** The size that a JPEG, JPEG-LS or JPEG 2000 stream gives itself. */
export interface CodestreamSize extends FrameSize {
  /** Bits per sample. */
  readonly precision: number;
}

/** Reads it from the first markers; undefined where there is none. Decodes nothing. */
export function codestreamSize(stream: Uint8Array): CodestreamSize | undefined {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream.length >= 48 && view.getUint32(0) === 0xff4fff51) {
    return {
      rows: view.getUint32(12) - view.getUint32(20),
      columns: view.getUint32(8) - view.getUint32(16),
      precision: (view.getUint8(42) & 0x7f) + 1,
    };
  }
  let at = 2; // after the marker that starts the image
  while (at + 9 <= stream.length) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (isFrameHeader(marker)) {
      return {
        rows: view.getUint16(at + 5),
        columns: view.getUint16(at + 7),
        precision: view.getUint8(at + 4),
      };
    } else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** SOF0 to SOF15 but for the tables and the extension between them, and JPEG-LS's SOF55. */
function isFrameHeader(marker: number): boolean {
  const isTable = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
  return marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && !isTable);
}
