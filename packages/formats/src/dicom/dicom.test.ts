import startCharls, { type FrameEncoder } from '@cornerstonejs/codec-charls';
import startHtj2k from '@cornerstonejs/codec-openjph';
import { createRandom, isVoxmimError, transformPoint } from '@voxmim/core';

import { openDicom } from './open-dicom.js';

const quiet = () => undefined;

/** What a synthetic slice says; the rest is the same in all. */
interface SliceSpec {
  position?: [number, number, number];
  orientation?: number[];
  series?: string;
  echo?: string;
  values?: readonly number[];
  extra?: Uint8Array[];
  photometric?: string;
  modality?: string;
  time?: string;
  highBit?: number;
  /** A transfer syntax, and the frame in it. */
  syntax?: string;
  frame?: Uint8Array;
}

/** One explicit little-endian element. */
function element(group: number, number: number, vr: string, value: string | number[] | Uint8Array) {
  const isLong = ['OW', 'OB', 'SQ', 'UN'].includes(vr);
  const body =
    typeof value === 'string'
      ? new TextEncoder().encode(value.length % 2 ? `${value} ` : value)
      : value instanceof Uint8Array
        ? value
        : new Uint8Array(Uint16Array.from(value).buffer);
  const bytes = new Uint8Array((isLong ? 12 : 8) + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, group, true);
  view.setUint16(2, number, true);
  bytes.set(new TextEncoder().encode(vr), 4);
  if (isLong) view.setUint32(8, body.length, true);
  else view.setUint16(6, body.length, true);
  bytes.set(body, isLong ? 12 : 8);
  return bytes;
}

const joined = (parts: readonly Uint8Array[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** A 3 × 2 slice of signed 16-bit values at 0.5 × 2 mm. */
function dicomFile(spec: SliceSpec = {}): Uint8Array {
  const {
    position = [0, 0, 0],
    orientation = [1, 0, 0, 0, 1, 0],
    values = [1, 2, 3, 4, 5, 6],
  } = spec;
  const syntax = element(2, 0x10, 'UI', spec.syntax ?? '1.2.840.10008.1.2.1');
  const length = element(2, 0, 'UL', new Uint8Array(Uint32Array.of(syntax.length).buffer));
  const preamble = new Uint8Array(132);
  preamble.set(new TextEncoder().encode('DICM'), 128);
  return joined([
    preamble,
    length,
    syntax,
    element(0x8, 0x60, 'CS', spec.modality ?? 'CT'),
    element(0x10, 0x10, 'PN', 'Doe^Jane'),
    element(0x18, 0x50, 'DS', '3'),
    element(0x18, 0x81, 'DS', spec.echo ?? '1'),
    element(0x20, 0xe, 'UI', spec.series ?? '1.2.3'),
    element(0x20, 0x11, 'IS', '7'),
    element(0x20, 0x32, 'DS', position.join('\\')),
    element(0x20, 0x37, 'DS', orientation.join('\\')),
    ...(spec.time === undefined ? [] : [element(0x20, 0x100, 'IS', spec.time)]),
    element(0x28, 0x2, 'US', [1]),
    element(0x28, 0x4, 'CS', spec.photometric ?? 'MONOCHROME2'),
    element(0x28, 0x10, 'US', [3]),
    element(0x28, 0x11, 'US', [2]),
    element(0x28, 0x30, 'DS', '0.5\\2'),
    element(0x28, 0x100, 'US', [16]),
    element(0x28, 0x101, 'US', [12]),
    element(0x28, 0x102, 'US', [spec.highBit ?? 11]),
    element(0x28, 0x103, 'US', [1]),
    element(0x28, 0x1052, 'DS', '-1000'),
    element(0x28, 0x1053, 'DS', '1'),
    ...(spec.extra ?? []),
    ...(spec.frame
      ? encapsulated(spec.frame)
      : [element(0x7fe0, 0x10, 'OW', new Uint8Array(Int16Array.from(values).buffer))]),
  ]);
}

/** Pixels as two items of undefined length in all: no offsets, one frame. */
function encapsulated(frame: Uint8Array): Uint8Array[] {
  const item = (number: number, length: number) =>
    Uint8Array.from([
      0xfe,
      0xff,
      number & 0xff,
      number >> 8,
      ...new Uint8Array(Uint32Array.of(length).buffer),
    ]);
  const head = element(0x7fe0, 0x10, 'OB', new Uint8Array(0));
  head.fill(0xff, 8);
  const even = joined([frame, new Uint8Array(frame.length % 2)]);
  return [head, item(0xe000, 0), item(0xe000, even.length), even, item(0xe0dd, 0)];
}

const sources = (files: readonly Uint8Array[]) =>
  files.map((bytes, index) => ({ path: `f${index}.dcm`, bytes: () => Promise.resolve(bytes) }));
const open = (specs: readonly SliceSpec[]) => openDicom(sources(specs.map(dicomFile)));
const at = (z: number, more: SliceSpec = {}): SliceSpec => ({ ...more, position: [5, 6, z] });

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('openDicom', () => {
  it('stacks slices by their place, whatever the order of files, in Hounsfield units', async () => {
    const { series } = await open([
      at(6, { values: [20, 0, 0, 0, 0, 0] }),
      at(0, { values: [0, 1, 2, 3, 4, -5] }),
      at(3, { values: [10, 0, 0, 0, 0, 0] }),
    ]);
    const { volume, notes } = await series[0].read();
    expect(volume.shape).toEqual([3, 3, 2]);
    expect(volume.data).toBeInstanceOf(Int16Array);
    expect([...volume.data.slice(0, 7)]).toEqual([-1000, -999, -998, -997, -996, -1005, -990]);
    expect(notes).toEqual([]);
    // LPS to RAS; the row index runs 0.5 mm to the back, the column index 2 mm to the left.
    expect(transformPoint(volume.affine, [0, 0, 0]).map((x) => x + 0)).toEqual([-5, -6, 0]);
    expect(transformPoint(volume.affine, [1, 1, 1])).toEqual([-7, -6.5, 3]);
  });

  it('keeps series, orientations and echoes apart', async () => {
    const sagittal = [0, 1, 0, 0, 0, -1];
    const { series } = await open([
      at(0),
      at(3),
      at(0, { series: '9' }),
      at(0, { orientation: sagittal }),
      at(0, { echo: '2' }),
      at(3, { echo: '2' }),
    ]);
    expect(series.map(({ shape }) => shape[0]).sort()).toEqual([1, 1, 2, 2]);
  });

  it('says which gantry tilt it found, and shears the affine', async () => {
    const { series } = await open([0, 1, 2].map((i) => ({ position: [0, i * 0.8, i * 3] })));
    const { volume, notes } = await series[0].read();
    expect(notes[0]).toContain('14.9°');
    expect(transformPoint(volume.affine, [2, 0, 0])[1]).toBeCloseTo(-1.6, 6);
  });

  it('refuses missing slices, naming the place, and interpolates when asked', async () => {
    const filled = (z: number) => at(z, { values: [z, z, z, z, z, z] });
    const { series } = await open([0, 3, 9, 12].map(filled));
    const error = await failure(series[0].read());
    expect(isVoxmimError(error, 'INVALID_DATA')).toBe(true);
    expect(String(error)).toContain('f2.dcm lies 6.000 mm after f1.dcm');
    expect(String(error)).toContain('1 slices seem to be missing');
    const { volume, notes } = await series[0].read({ unevenSlices: 'interpolate' });
    expect(volume.shape[0]).toBe(5);
    expect([...volume.data].filter((_, index) => index % 6 === 0)).toEqual(
      [0, 3, 6, 9, 12].map((z) => z - 1000),
    );
    expect(notes[0]).toContain('interpolated');
  });

  it('refuses two slices at one place and a slice beside the line', async () => {
    const [twice] = (await open([at(0), at(3), at(3)])).series;
    expect(String(await failure(twice.read()))).toContain(
      '1 to 2 slices, and they make no whole volumes: nothing tells them apart',
    );
    const beside = { position: [9, 6, 3] as [number, number, number] };
    const [off] = (await open([at(0), beside, at(6)])).series;
    expect(String(await failure(off.read()))).toContain('4.00 mm beside the line');
  });

  it('inverts MONOCHROME1, but for units, and drops bits beside those stored', async () => {
    const values = [0x7ff, -0x800, 0, 1, 0x1000 + 5, 0];
    const read = async (spec: SliceSpec) => {
      const { volume, notes } = await (await open([at(0, { values, ...spec })])).series[0].read();
      return { stored: [...volume.data].map((value) => value + 1000), notes };
    };
    const plain = await read({});
    expect(plain.stored).toEqual([0x7ff, -0x800, 0, 1, 5, 0]);
    const inverted = await read({ photometric: 'MONOCHROME1', modality: 'MR' });
    expect(inverted.stored).toEqual([-0x800, 0x7ff, -1, -2, -6, -1]);
    expect(inverted.notes.join()).toContain('inverted');
    const hounsfield = await read({ photometric: 'MONOCHROME1' });
    expect(hounsfield.stored).toEqual(plain.stored);
    expect(hounsfield.notes.join()).toContain('kept');
    const shifted = values.map((value) => (value << 4) | 3);
    expect((await read({ values: shifted, highBit: 15 })).stored).toEqual(plain.stored);
  });

  it('keeps slices together whose directions differ by noise alone', async () => {
    const noisy = (z: number) => at(z, { orientation: [1, 0, z * 1e-4, 0, 1, 0] });
    expect((await open([0, 3, 6].map(noisy))).series.map(({ shape }) => shape[0])).toEqual([3]);
  });

  it('tells phases apart by two attributes where one is not enough, and names them', async () => {
    const specs = ['1', '2'].flatMap((echo) =>
      ['1', '2'].flatMap((time) => [0, 3].map((z) => at(z, { echo, time }))),
    );
    const { series } = await open(specs);
    expect(series.map(({ phase }) => phase)).toEqual([
      'echo 1, time 1',
      'echo 1, time 2',
      'echo 2, time 1',
      'echo 2, time 2',
    ]);
    expect(series.map(({ shape }) => shape[0])).toEqual([2, 2, 2, 2]);
  });

  it('takes the first of two slices at one place when asked, and says so', async () => {
    const filled = (z: number, value: number) =>
      at(z, { values: Array(6).fill(value) as number[] });
    const [series] = (await open([filled(0, 1), filled(3, 2), filled(3, 9), filled(6, 3)])).series;
    const { volume, notes } = await series.read({ duplicateSlices: 'first' });
    expect([...volume.data].filter((_, index) => index % 6 === 0)).toEqual([-999, -998, -997]);
    expect(notes[0]).toContain('1 slices at a place that another one has');
  });

  it('names what is no slice', async () => {
    const text = new TextEncoder().encode('read me '.repeat(40));
    const report = dicomFile().slice(0, -24);
    const { series, skipped } = await openDicom(sources([text, report]));
    expect(series).toEqual([]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'it is not DICOM',
      'it holds no image (CT)',
    ]);
  });

  it('answers 3000 damaged files with slices, a reason or a typed error, and no name', async () => {
    const random = createRandom(0, 'dicom');
    const whole = dicomFile();
    for (let round = 0; round < 3000; round++) {
      const copy = whole.slice(0, round < whole.length ? round : undefined);
      for (let flip = 0; flip < round % 7 && copy.length > 0; flip++) {
        copy[random.integer(copy.length)] = random.integer(256);
      }
      const { series, skipped } = await openDicom(sources([copy]));
      expect(series.length + skipped.length).toBe(1);
      const error = series.length ? await failure(series[0].read()) : undefined;
      expect(error === undefined || isVoxmimError(error)).toBe(true);
      expect(`${String(error)} ${JSON.stringify(skipped)}`).not.toContain('Jane');
    }
  });
});

describe('codecs that no real file is at hand for', () => {
  const values = [0, 1, 4095, 77, 2048, 3000];
  const encoded = (encoder: FrameEncoder, near = 0) => {
    const frame = { width: 2, height: 3, bitsPerSample: 12, componentCount: 1 };
    encoder
      .getDecodedBuffer({ ...frame, isSigned: false, isUsingColorTransform: false })
      .set(new Uint8Array(Uint16Array.from(values).buffer));
    if (near > 0) encoder.setNearLossless(near);
    encoder.encode();
    return Uint8Array.from(encoder.getEncodedBuffer());
  };
  const read = async (syntax: string, frame: Uint8Array) =>
    (await open([{ syntax, frame }])).series[0].read().then(({ volume }) =>
      // The header says that the 12 bits are signed.
      [...volume.data].map((value) => (value + 1000) & 0xfff),
    );

  it.each(['201', '202', '203'])('decodes HTJ2K, 1.2.840.10008.1.2.4.%s', async (syntax) => {
    const { HTJ2KEncoder } = await startHtj2k({ print: quiet, printErr: quiet });
    const frame = encoded(new HTJ2KEncoder());
    expect(await read(`1.2.840.10008.1.2.4.${syntax}`, frame)).toEqual(values);
  });

  it('decodes JPEG-LS, exact and near', async () => {
    const { JpegLSEncoder } = await startCharls({ print: quiet, printErr: quiet });
    expect(await read('1.2.840.10008.1.2.4.80', encoded(new JpegLSEncoder()))).toEqual(values);
    const near = await read('1.2.840.10008.1.2.4.81', encoded(new JpegLSEncoder(), 3));
    near.forEach((value, index) => expect(Math.abs(value - values[index])).toBeLessThanOrEqual(3));
  });

  it('still decodes after a damaged frame', async () => {
    const { JpegLSEncoder } = await startCharls({ print: quiet, printErr: quiet });
    const frame = encoded(new JpegLSEncoder());
    const cut = frame.slice(0, -4).fill(0xff, 30);
    const error = await failure(read('1.2.840.10008.1.2.4.80', cut));
    expect(isVoxmimError(error, 'INVALID_FILE')).toBe(true);
    expect(await read('1.2.840.10008.1.2.4.80', frame)).toEqual(values);
  });
});
