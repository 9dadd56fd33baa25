/** A field of a protobuf message, encoded. Source: protobuf.dev, "Encoding". */
export type Field = readonly Uint8Array[];

/** A number as digits of seven bits. */
export function varint(field: number, value: number): Field {
  return [Uint8Array.from([field << 3, ...digits(value)])];
}

export function double(field: number, value: number): Field {
  const bytes = new Uint8Array(9);
  bytes[0] = (field << 3) | 1;
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return [bytes];
}

export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(5);
  bytes[0] = (field << 3) | 5;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return [bytes];
}

export function text(field: number, value: string): Field {
  return bytes(field, new TextEncoder().encode(value));
}

export function bytes(field: number, value: Uint8Array): Field {
  return [Uint8Array.from([(field << 3) | 2, ...digits(value.byteLength)]), value];
}

/** A message inside another. */
export function message(field: number, ...fields: readonly Field[]): Field {
  return bytes(field, joined(...fields));
}

/** The bytes of a message. */
export function joined(...fields: readonly Field[]): Uint8Array {
  const parts = fields.flat();
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** Seven bits a byte, lowest first; the top bit says that more follow. */
function digits(value: number): number[] {
  const found: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...found, rest];
    found.push((rest % 128) | 128);
  }
}
