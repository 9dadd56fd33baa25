import type { StoredTensor, StoredValues, TensorMap } from './stored-tensor.js';

/**
 * Writes tensors in the safetensors format, which PyTorch, JAX and others read.
 *
 * @param metadata free text beside the tensors; `format: 'pt'` is added, as transformers asks
 * @see {@link safetensorsChunks} to write large files without a second copy
 */
export function encodeSafetensors(
  tensors: TensorMap,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const chunks = safetensorsChunks(tensors, metadata);
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * The bytes of {@link encodeSafetensors} in order, the tensors as views of their own memory.
 *
 * Tensors are stored by falling element size, then by name, so that each is aligned and equal maps
 * give equal bytes whatever their order.
 */
export function safetensorsChunks(
  tensors: TensorMap,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const entries = [...tensors].sort(byAlignmentThenName);
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  let offset = 0;
  for (const [name, { shape, values }] of entries) {
    const end = offset + values.byteLength;
    header[name] = { dtype: dtypeOf(values), shape, data_offsets: [offset, end] };
    offset = end;
  }
  return [headerBytes(header), ...entries.map(([, { values }]) => viewOf(values))];
}

type Entry = readonly [string, StoredTensor];

function byAlignmentThenName([leftName, left]: Entry, [rightName, right]: Entry): number {
  const falling = right.values.BYTES_PER_ELEMENT - left.values.BYTES_PER_ELEMENT;
  return falling || (leftName < rightName ? -1 : 1);
}

/** Eight bytes of length, then JSON padded with spaces so that the tensors start aligned. */
function headerBytes(header: Readonly<Record<string, unknown>>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

function viewOf(values: StoredValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function dtypeOf(values: StoredValues): string {
  if (values instanceof Float32Array) return 'F32';
  if (values instanceof Float64Array) return 'F64';
  const kind =
    values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Uint32Array
      ? 'U'
      : 'I';
  return `${kind}${values.BYTES_PER_ELEMENT * 8}`;
}
