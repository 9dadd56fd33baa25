import { maskedCrc32c } from './crc32c.js';
import { bytes, double, float, joined, message, text, varint, type Field } from './protobuf.js';

/** A picture for TensorBoard. */
export interface LoggedPicture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Hyperparameters by name; lists and anything else are told as text by whoever has them. */
export type Hyperparameters = Readonly<Record<string, number | string | boolean>>;

/** The kinds of `tensorflow.Event` that a training log needs. */
export type LogEvent = { readonly wallTimeSeconds: number; readonly step: number } & (
  | { readonly kind: 'version' }
  | { readonly kind: 'scalars'; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: 'pictures'; readonly pictures: Readonly<Record<string, LoggedPicture>> }
  /** Markdown. */
  | { readonly kind: 'text'; readonly tag: string; readonly text: string }
  | { readonly kind: 'hyperparameters'; readonly values: Hyperparameters }
  /** Tells TensorBoard to forget what an earlier sitting wrote for this step and later ones. */
  | { readonly kind: 'restart' }
);

/**
 * One record of a TensorBoard event file: length, checksum, a protobuf `Event`, checksum.
 *
 * Source: `tensorflow/core/util/event.proto`, `framework/summary.proto`, `framework/tensor.proto`,
 * `lib/io/record_writer.cc`; TensorBoard's `plugins/text/plugin_data.proto`,
 * `plugins/hparams/plugin_data.proto`.
 */
export function encodeEventRecord(event: LogEvent): Uint8Array {
  const data = joined(double(1, event.wallTimeSeconds), varint(2, event.step), content(event));
  const record = new Uint8Array(16 + data.byteLength);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.byteLength), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.byteLength, maskedCrc32c(data), true);
  return record;
}

function content(event: LogEvent): Field {
  switch (event.kind) {
    case 'version':
      return text(3, 'brain.Event:2');
    case 'restart':
      return message(7, varint(1, 1));
    case 'scalars':
      return summary(event.values, (value) => float(2, value));
    case 'pictures':
      return summary(event.pictures, picture);
    case 'text':
      return summary({ [event.tag]: event.text }, markdown);
    case 'hyperparameters':
      return summary({ '_hparams_/session_start_info': event }, sessionStart);
  }
}

/** `Event.summary`, one `Summary.Value` a tag. */
function summary<Value>(
  values: Readonly<Record<string, Value>>,
  encode: (value: Value) => Field,
): Field {
  return message(
    5,
    ...Object.entries(values).map(([tag, value]) => message(1, text(1, tag), encode(value))),
  );
}

/** `Summary.Value.image`; color space 3 is RGB. */
function picture({ png, width, height }: LoggedPicture): Field {
  return message(4, varint(1, height), varint(2, width), varint(3, 3), bytes(4, png));
}

/** A tensor of one string, for the text plugin; `DT_STRING` is 7. */
function markdown(value: string): Field {
  const tensor = message(8, varint(1, 7), message(2, message(2, varint(1, 1))), text(8, value));
  return [...metadata('text', []), ...tensor];
}

/** What a session was started with, for the hparams plugin; the number it wants beside it says nothing. */
function sessionStart(event: Extract<LogEvent, { kind: 'hyperparameters' }>): Field {
  const entries = Object.entries(event.values).map(([name, value]) =>
    message(1, text(1, name), message(2, freeValue(value))),
  );
  const start = message(3, ...entries, double(5, event.wallTimeSeconds));
  const nothing = message(8, varint(1, 1), message(2, message(2, varint(1, 1))), float(5, 0));
  return [...metadata('hparams', start), ...nothing];
}

/** `google.protobuf.Value`. */
function freeValue(value: number | string | boolean): Field {
  if (typeof value === 'number') return double(2, value);
  return typeof value === 'string' ? text(3, value) : varint(4, Number(value));
}

/** `Summary.Value.metadata`: whose value it is, and what that plugin keeps beside it. */
function metadata(plugin: string, kept: Field): Field {
  return message(9, message(1, text(1, plugin), message(2, kept)));
}
