import { maskedCrc32c } from './crc32c.js';

/** The kinds of `tensorflow.Event` that a training log needs. */
export type LogEvent = { readonly wallTimeSeconds: number; readonly step: number } & (
  | { readonly kind: 'version' }
  | { readonly kind: 'scalars'; readonly values: Readonly<Record<string, number>> }
  /** Tells TensorBoard to forget what an earlier sitting wrote for this step and later ones. */
  | { readonly kind: 'restart' }
);

/**
 * One record of a TensorBoard event file: length, checksum, a protobuf `Event`, checksum.
 *
 * Source: `tensorflow/core/util/event.proto`, `framework/summary.proto`, `lib/io/record_writer.cc`.
 */
export function encodeEventRecord(event: LogEvent): Uint8Array {
  const data = encodeEvent(event);
  const record = new Uint8Array(16 + data.byteLength);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.byteLength), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.byteLength, maskedCrc32c(data), true);
  return record;
}

function encodeEvent(event: LogEvent): Uint8Array {
  const head = [...double(1, event.wallTimeSeconds), ...varint(2, event.step)];
  switch (event.kind) {
    case 'version':
      return Uint8Array.from([...head, ...text(3, 'brain.Event:2')]);
    case 'restart':
      return Uint8Array.from([...head, ...message(7, varint(1, 1))]);
    case 'scalars':
      return Uint8Array.from([...head, ...message(5, summary(event.values))]);
  }
}

function summary(values: Readonly<Record<string, number>>): number[] {
  return Object.entries(values).flatMap(([tag, value]) =>
    message(1, [...text(1, tag), ...float(2, value)]),
  );
}

function varint(field: number, value: number): number[] {
  return [field << 3, ...digits(value)];
}

function double(field: number, value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [(field << 3) | 1, ...bytes];
}

function float(field: number, value: number): number[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [(field << 3) | 5, ...bytes];
}

function text(field: number, value: string): number[] {
  return message(field, [...new TextEncoder().encode(value)]);
}

function message(field: number, body: readonly number[]): number[] {
  return [(field << 3) | 2, ...digits(body.length), ...body];
}

/** Seven bits a byte, lowest first; the top bit says that more follow. */
function digits(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}
