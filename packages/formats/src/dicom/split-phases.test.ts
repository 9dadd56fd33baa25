import { type DicomElements, dicomBytes } from '@voxmim/testing/node';

import { openDicom } from './open-dicom.js';

/** A slice at a height whose voxels all say which phase it is of. */
interface Frame {
  readonly z: number;
  readonly phase: number;
  readonly elements: DicomElements;
}

const open = (frames: readonly Frame[]) =>
  openDicom(
    frames.map(({ z, phase, elements }, index) => ({
      path: `f${index}`,
      bytes: () =>
        Promise.resolve(
          dicomBytes({
            '0020,0032': ['DS', `0\\0\\${z}`],
            '0020,0013': ['IS', `${index + 1}`],
            '7fe0,0010': ['OW', Array.from({ length: 6 }, () => phase)],
            ...elements,
          }),
        ),
    })),
  );

/** The phases that each volume has slices of. */
async function phasesOf(frames: readonly Frame[]): Promise<number[][]> {
  const { series } = await open(frames);
  const read = await Promise.all(series.map((one) => one.read()));
  return read.map(({ volume }) =>
    [...volume.data].filter((_, at) => at % 6 === 0).map((v) => v + 1000),
  );
}

/** Three slices at four phases, in the order of slices. */
const cine = (elements: (slice: number, phase: number) => DicomElements): Frame[] =>
  [0, 1, 2].flatMap((slice) =>
    [0, 1, 2, 3].map((phase) => ({ z: slice * 8, phase, elements: elements(slice, phase) })),
  );
const whole = [0, 1, 2, 3].map((phase) => [phase, phase, phase]);

it.each<[string, (slice: number, phase: number) => DicomElements]>([
  ['trigger times', (slice, phase) => ({ '0018,1060': ['DS', `${phase * (33 + slice)}`] })],
  ['content times', (slice, phase) => ({ '0008,0033': ['TM', `12010${slice}.0${phase}0000`] })],
  ['acquisition times', (slice, phase) => ({ '0008,0032': ['TM', `12010${slice}.0${phase}0000`] })],
  ['instance numbers', () => ({})],
])('parts a series whose slices have %s of their own into whole volumes', async (_, elements) => {
  expect(await phasesOf(cine(elements))).toEqual(whole);
});

it('orders times by what they are, and not by the order of files or their text', async () => {
  const frames = cine((slice, phase) => ({ '0018,1060': ['DS', `${phase * (6 + slice)}`] }));
  const { series } = await open(frames);
  expect(series.map(({ phase }) => phase)).toContain('2 of 4 by trigger time');
  expect(await phasesOf([...frames].reverse())).toEqual(whole);
});

it('never mixes echoes, though the number of a file would', async () => {
  const frames = [0, 1].flatMap((slice) =>
    [0, 1, 2, 3].map((n): Frame => {
      // Echo and time swap their order from slice to slice.
      const [echo, time] = slice === 0 ? [n >> 1, n & 1] : [n & 1, n >> 1];
      const trigger = `${time * (33 + slice)}`;
      const elements: DicomElements = {
        '0018,0081': ['DS', `${echo}`],
        '0018,1060': ['DS', trigger],
      };
      return { z: slice * 8, phase: echo * 2 + time, elements };
    }),
  );
  expect((await phasesOf(frames)).sort()).toEqual([[0, 0], [1, 1], [2, 2], [3, 3]]); // prettier-ignore
});

it.each<[string, Frame[], RegExp]>([
  [
    'a time that lacks a slice',
    cine((slice, phase) => ({ '0018,1060': ['DS', `${phase * (33 + slice)}`] })).slice(1),
    /of 3 places each has 3 to 4 slices, and they make no whole volumes: they differ in trigger/,
  ],
  [
    'times of which every slice is alone',
    cine((slice, phase) => ({
      '0018,1060': ['DS', `${phase}`],
      '0020,0013': ['IS', '1'],
      ...(slice === 1 && phase === 2 ? { '0018,1060': ['DS', '1'] } : {}),
    })),
    /each has 4 slices.*trigger/,
  ],
  [
    'slices that all lie at one place',
    [0, 1, 2].map((phase) => ({ z: 0, phase, elements: {} })),
    /lies where f0 does; of 1 places each has 3 slices.*nothing tells them apart/,
  ],
])('refuses %s, and says what differs', async (_, frames, message) => {
  const { series } = await open(frames);
  expect(series).toHaveLength(1);
  await expect(series[0].read()).rejects.toThrow(message);
});
