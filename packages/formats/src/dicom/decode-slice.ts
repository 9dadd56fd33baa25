import { VoxmimError } from '@voxmim/core';
import dicomParser, { type Element } from 'dicom-parser';

import { swapByteOrder } from '../byte-order.js';
import { damagedPixels } from './damaged.js';
import { type DecodedFrame, decodeCodestream } from './decode-codestream.js';
import { isInverted } from './dicom-image.js';
import type { DicomImage } from './dicom-slice.js';
import { type DataSet, PIXEL_DATA } from './parse-dicom.js';
import { decodeRle } from './rle.js';

/** Stored values of one frame, before any rescaling. */
export type StoredValues =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

/**
 * Decodes one frame.
 *
 * @param data all of the file's elements
 * @throws `INVALID_FILE` for truncated or damaged pixels, `UNSUPPORTED_FILE`
 */
export async function decodeFrame(
  data: DataSet,
  image: DicomImage,
  frame: number,
): Promise<StoredValues> {
  const { path } = image.source;
  if (!(PIXEL_DATA in data.elements)) throw damagedPixels(path, 'its pixels are missing');
  const element = data.elements[PIXEL_DATA];
  const decoded = await samplesOf(data, element, image, frame);
  return withoutUnusedBits(typed(decoded, image.isSigned), image);
}

async function samplesOf(
  data: DataSet,
  element: Element,
  image: DicomImage,
  frame: number,
): Promise<DecodedFrame> {
  const { rows, columns, coding, source } = image;
  const bytesPerSample = image.bitsAllocated / 8;
  const samples = rows * columns;
  switch (coding) {
    case 'raw':
    case 'bigEndian': {
      const start = element.dataOffset + frame * samples * bytesPerSample;
      const end = start + samples * bytesPerSample;
      if (end > Math.min(data.byteArray.length, element.dataOffset + element.length)) {
        throw damagedPixels(source.path, 'its pixels are truncated');
      }
      const bytes = Uint8Array.from(data.byteArray.subarray(start, end));
      if (coding === 'bigEndian') swapByteOrder(bytes, bytesPerSample);
      return { bytes, bytesPerSample };
    }
    case 'rle': {
      const packed = encapsulated(data, element, image, frame);
      const bytes = decodeRle(packed, { samples, bytesPerSample }, source.path);
      return { bytes, bytesPerSample };
    }
    default:
      return decodeCodestream(
        encapsulated(data, element, image, frame),
        coding,
        { rows, columns },
        source.path,
      );
  }
}

/** The fragments of one frame, joined. */
function encapsulated(
  data: DataSet,
  element: Element,
  { frames, source }: DicomImage,
  frame: number,
): Uint8Array {
  const fragments = element.fragments ?? [];
  if (!element.encapsulatedPixelData || fragments.length < frames) {
    throw damagedPixels(source.path, `it has ${fragments.length} fragments for ${frames} frames`);
  }
  try {
    if (frames === 1 || fragments.length === frames) {
      const count = frames === 1 ? fragments.length : 1;
      return dicomParser.readEncapsulatedPixelDataFromFragments(data, element, frame, count);
    }
    const offsets = element.basicOffsetTable?.length
      ? element.basicOffsetTable
      : dicomParser.createJPEGBasicOffsetTable(data, element);
    return dicomParser.readEncapsulatedImageFrame(data, element, frame, offsets);
  } catch (error) {
    throw damagedPixels(source.path, `frame ${frame} cannot be found`, error);
  }
}

function typed({ bytes, bytesPerSample }: DecodedFrame, isSigned: boolean): StoredValues {
  const own = Uint8Array.from(bytes); // aligned
  if (bytesPerSample === 1) return isSigned ? new Int8Array(own.buffer) : own;
  if (bytesPerSample === 2)
    return isSigned ? new Int16Array(own.buffer) : new Uint16Array(own.buffer);
  if (bytesPerSample === 4)
    return isSigned ? new Int32Array(own.buffer) : new Uint32Array(own.buffer);
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `${bytesPerSample} bytes per sample.`,
    'Give 1, 2 or 4.',
    {
      expected: '1, 2 or 4',
      received: [bytesPerSample],
    },
  );
}

/** Around the stored bits there may be overlays of old, and the sign is theirs. */
function withoutUnusedBits(values: StoredValues, image: DicomImage) {
  const { bitsStored, isSigned, coding } = image;
  const bits = values.BYTES_PER_ELEMENT * 8;
  const isPlain = coding === 'raw' || coding === 'bigEndian' || coding === 'rle';
  const above = 31 - (isPlain ? image.highBit : bitsStored - 1);
  const spare = 32 - Math.min(bitsStored, bits);
  if (bitsStored < bits) {
    for (let index = 0; index < values.length; index++) {
      const high = values[index] << above;
      values[index] = isSigned ? high >> spare : high >>> spare;
    }
  }
  if (isInverted(image)) {
    const sum = isSigned ? -1 : 2 ** Math.min(bitsStored, bits) - 1;
    for (let index = 0; index < values.length; index++) values[index] = sum - values[index];
  }
  return values;
}
