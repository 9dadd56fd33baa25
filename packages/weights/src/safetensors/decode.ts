import { VoxmimError } from '@voxmim/core';
import * as z from 'zod';

import { type ByteRange, decodeValues, elementBytes } from './element-types.js';
import type { StoredTensor } from './stored-tensor.js';

/** What a safetensors file holds. */
export interface SafetensorsContent {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const MAX_HEADER = 100_000_000;

const TensorEntry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
type TensorEntry = z.infer<typeof TensorEntry>;

/**
 * Reads the safetensors format. float16 and bfloat16 come widened to float32, 64-bit integers as
 * float64.
 *
 * Values are views of `bytes` where they are aligned, so that large checkpoints are not copied.
 *
 * @param path leads messages
 * @throws `INVALID_FILE` for anything that is not exactly such a file: a length that lies, ranges
 *   that overlap, leave holes or do not fit their shape. `UNSUPPORTED_FILE` for other element types
 */
export function decodeSafetensors(bytes: Uint8Array, path: string): SafetensorsContent {
  const { header, dataStart } = readHeader(bytes, path);
  const { __metadata__: metadata = {}, ...rest } = header;
  const entries = Object.entries(rest).map(([name, entry]) => ({
    name,
    entry: parseEntry(entry, name, path),
  }));
  entries.sort((left, right) => left.entry.data_offsets[0] - right.entry.data_offsets[0]);
  checkRanges(entries, bytes.byteLength - dataStart, path);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, entry } of entries) {
    const [begin, end] = entry.data_offsets;
    const range: ByteRange = { bytes, begin: dataStart + begin, end: dataStart + end };
    tensors.set(name, { shape: entry.shape, values: decodeValues(entry.dtype, range) });
  }
  return { tensors, metadata: z.record(z.string(), z.string()).catch({}).parse(metadata) };
}

function readHeader(
  bytes: Uint8Array,
  path: string,
): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.byteLength < 8) throw invalid(path, `only ${bytes.byteLength} bytes long`, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER || 8 + length > bytes.byteLength) {
    throw invalid(path, `its header claims ${length} bytes of ${bytes.byteLength}`, 0);
  }
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
  if (!parsed.success) throw invalid(path, 'its header is no JSON object', 8);
  return { header: parsed.data, dataStart: 8 + length };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseEntry(value: unknown, name: string, path: string): TensorEntry {
  const parsed = TensorEntry.safeParse(value);
  if (!parsed.success) throw invalid(path, `the entry of tensor "${name}" is malformed`, 8);
  const { dtype } = parsed.data;
  if (elementBytes(dtype) !== undefined) return parsed.data;
  throw new VoxmimError(
    'UNSUPPORTED_FILE',
    `${path}: tensor "${name}" has elements of type ${dtype}.`,
    'Save it as F32.',
    { path, feature: dtype },
  );
}

function checkRanges(
  entries: readonly { readonly name: string; readonly entry: TensorEntry }[],
  dataLength: number,
  path: string,
): void {
  let offset = 0;
  for (const { name, entry } of entries) {
    const [begin, end] = entry.data_offsets;
    const count = entry.shape.reduce((product, extent) => product * extent, 1);
    const size = count * (elementBytes(entry.dtype) ?? 0);
    if (begin !== offset)
      throw invalid(path, `tensor "${name}" overlaps another or leaves a hole`, begin);
    if (end - begin !== size) {
      throw invalid(
        path,
        `tensor "${name}" has ${end - begin} bytes, its shape needs ${size}`,
        begin,
      );
    }
    offset = end;
  }
  if (offset !== dataLength) {
    throw invalid(
      path,
      `${offset} bytes of tensors are announced, ${dataLength} are there`,
      offset,
    );
  }
}

function invalid(path: string, what: string, offset: number): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} is not a sound safetensors file: ${what}.`,
    'Copy the file again, or use another checkpoint.',
    { path, offset },
  );
}
