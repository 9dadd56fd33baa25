/** The value of an element: text, numbers in the type of the VR, bytes, or the items of a sequence. */
export type DicomValue = readonly [
  vr: string,
  value: string | readonly number[] | Uint8Array | readonly DicomElements[],
];

/** Elements by tag, such as `'0018,0050': ['DS', '3']`; undefined leaves one of the defaults out. */
export type DicomElements = Readonly<Record<string, DicomValue | undefined>>;

/** How a file is written. */
export interface DicomFileOptions {
  /** With preamble and group 2, with group 2 alone, or the data set by itself. Default preamble. */
  readonly start?: 'preamble' | 'meta' | 'dataSet';
  /** How elements are written. Default explicit, little endian. */
  readonly coding?: 'implicit' | 'explicit' | 'bigEndian';
  /** The transfer syntax that group 2 says; null for none. Default that of the coding. */
  readonly syntax?: string | null;
}

const SYNTAXES = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  bigEndian: '1.2.840.10008.1.2.2',
} as const;

/** A CT slice of 3 × 2 signed pixels of 0.5 × 2 mm. */
const SLICE: DicomElements = {
  '0008,0060': ['CS', 'CT'],
  '0010,0010': ['PN', 'Doe^Jane'],
  '0018,0050': ['DS', '3'],
  '0020,000e': ['UI', '1.2.3'],
  '0020,0011': ['IS', '7'],
  '0020,0032': ['DS', '0\\0\\0'],
  '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
  '0028,0002': ['US', [1]],
  '0028,0004': ['CS', 'MONOCHROME2'],
  '0028,0010': ['US', [3]],
  '0028,0011': ['US', [2]],
  '0028,0030': ['DS', '0.5\\2'],
  '0028,0100': ['US', [16]],
  '0028,0101': ['US', [12]],
  '0028,0102': ['US', [11]],
  '0028,0103': ['US', [1]],
  '0028,1052': ['DS', '-1000'],
  '0028,1053': ['DS', '1'],
  '7fe0,0010': ['OW', [1, 2, 3, 4, 5, 6]],
};

/**
 * The bytes of a DICOM file for tests of readers: a small CT slice but for the elements given, faults
 * of real files included.
 */
export function dicomBytes(
  elements: DicomElements = {},
  { start = 'preamble', coding = 'explicit', syntax = SYNTAXES[coding] }: DicomFileOptions = {},
): Uint8Array {
  const body = dataSet({ ...SLICE, ...elements }, coding);
  if (start === 'dataSet') return body;
  const named: DicomElements = syntax === null ? {} : { '0002,0010': ['UI', syntax] };
  const rest = dataSet({ '0002,0002': ['UI', '1.2.840.10008.5.1.4.1.1.2'], ...named }, 'explicit');
  const meta = joined([dataSet({ '0002,0000': ['UL', [rest.length]] }, 'explicit'), rest]);
  if (start === 'meta') return joined([meta, body]);
  const preamble = new Uint8Array(132);
  preamble.set(new TextEncoder().encode('DICM'), 128);
  return joined([preamble, meta, body]);
}

type Coding = NonNullable<DicomFileOptions['coding']>;

function dataSet(elements: DicomElements, coding: Coding): Uint8Array {
  const tags = Object.keys(elements).sort();
  return joined(
    tags.map((tag) => {
      const value = elements[tag];
      return value ? element(tag, value, coding) : new Uint8Array(0);
    }),
  );
}

function element(tag: string, [vr, value]: DicomValue, coding: Coding): Uint8Array {
  const little = coding !== 'bigEndian';
  const body = bodyOf(vr, value, coding);
  const isLong = /^(O.|SQ|U[CNRT])$/.test(vr);
  const head = new Uint8Array(coding !== 'implicit' && isLong ? 12 : 8);
  const view = new DataView(head.buffer);
  view.setUint16(0, parseInt(tag.slice(0, 4), 16), little);
  view.setUint16(2, parseInt(tag.slice(5), 16), little);
  if (coding === 'implicit') view.setUint32(4, body.length, little);
  else {
    head.set(new TextEncoder().encode(vr), 4);
    if (isLong) view.setUint32(8, body.length, little);
    else view.setUint16(6, body.length, little);
  }
  return joined([head, body]);
}

function bodyOf(vr: string, value: DicomValue[1], coding: Coding): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') {
    const padded = value.length % 2 ? value + (vr === 'UI' ? '\0' : ' ') : value;
    return new TextEncoder().encode(padded);
  }
  return joined(
    value.map((part) =>
      typeof part === 'number'
        ? numberBytes(vr, part, coding !== 'bigEndian')
        : item(dataSet(part, coding), coding !== 'bigEndian'),
    ),
  );
}

function numberBytes(vr: string, value: number, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  const write: Readonly<Record<string, [size: number, put: () => void] | undefined>> = {
    UL: [4, () => view.setUint32(0, value, little)],
    SL: [4, () => view.setInt32(0, value, little)],
    FL: [4, () => view.setFloat32(0, value, little)],
    FD: [8, () => view.setFloat64(0, value, little)],
    OB: [1, () => view.setUint8(0, value)],
  };
  const [size, put] = write[vr] ?? [2, () => view.setUint16(0, value, little)];
  put();
  return new Uint8Array(view.buffer, 0, size);
}

function item(body: Uint8Array, little: boolean): Uint8Array {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint16(0, 0xfffe, little);
  head.setUint16(2, 0xe000, little);
  head.setUint32(4, body.length, little);
  return joined([new Uint8Array(head.buffer), body]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
