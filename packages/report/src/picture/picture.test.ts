import { affineOf, type Volume } from '@voxmim/core';
import { decode } from 'fast-png';

import { cssColor, divergingColor, labelColor, sequentialColor } from './colors.js';
import { inspectPicture } from './inspect-picture.js';
import { paintGray, percentileRange } from './intensity.js';
import { drawText } from './lettering.js';
import { montage } from './montage.js';
import { paintContours, paintLabels, paintMask } from './overlay.js';
import type { Slice } from './plane.js';
import { createRaster, encodePng } from './raster.js';
import { resizeSlice, scaleToFit } from './resize.js';

function slice(
  width: number,
  values: readonly number[],
  spacing: [number, number] = [1, 1],
): Slice {
  return {
    data: Float32Array.from(values),
    width,
    height: values.length / width,
    spacing,
    edges: { left: 'R', right: 'L', top: 'A', bottom: 'P' },
  };
}

describe('encodePng', () => {
  it('writes color pixels that decode to the same', () => {
    const raster = createRaster(2, 1, [1, 2, 3]);
    raster.data.set([250, 0, 9], 3);

    const png = decode(encodePng(raster));

    expect([png.width, png.height, png.channels]).toEqual([2, 1, 3]);
    expect([...png.data]).toEqual([1, 2, 3, 250, 0, 9]);
  });

  it('writes one channel where all is gray', () => {
    const png = decode(encodePng(createRaster(1, 2, [7, 7, 7])));

    expect(png.channels).toBe(1);
    expect([...png.data]).toEqual([7, 7]);
  });
});

describe('resizeSlice', () => {
  it('keeps labels whole', () => {
    expect([...resizeSlice(slice(2, [1, 4]), 2, 'nearest').data]).toEqual([1, 1, 4, 4, 1, 1, 4, 4]);
  });

  it('runs intensities evenly from voxel centre to voxel centre', () => {
    expect([...resizeSlice(slice(2, [0, 4]), 2, 'linear').data.slice(0, 4)]).toEqual([0, 1, 3, 4]);
  });

  it('gives voxels the shape they have in the body', () => {
    const tall = resizeSlice(slice(2, [0, 0, 0, 0], [3, 1]), 10, 'linear');

    expect([tall.width, tall.height]).toEqual([20, 60]);
  });

  it('fits the longest edge of all slices in millimetres', () => {
    const slices = [slice(4, [0, 0, 0, 0]), slice(1, [0, 0], [8, 1])];

    expect(scaleToFit(slices, 160)).toBe(10);
  });
});

describe('gray windowing', () => {
  it('clips outside the window and shows NaN as black', () => {
    const raster = paintGray(slice(5, [-50, 0, 50, 150, NaN]), [0, 100]);

    expect([...raster.data].filter((_, index) => index % 3 === 0)).toEqual([0, 0, 128, 255, 0]);
  });

  it('takes percentiles of finite values', () => {
    const data = Float32Array.from({ length: 102 }, (_, index) => (index === 101 ? NaN : index));

    expect(percentileRange(data, [5, 95])).toEqual([5, 95]);
  });

  it('has a width even for a constant and an empty volume', () => {
    expect(percentileRange(new Float32Array(4).fill(3))).toEqual([3, 4]);
    expect(percentileRange(new Float32Array(0))).toEqual([0, 1]);
  });
});

describe('overlays', () => {
  it('tints labeled pixels only', () => {
    const raster = createRaster(2, 1, [100, 100, 100]);

    paintLabels(raster, slice(2, [0, 1]), 0.5);

    expect([...raster.data]).toEqual([100, 100, 100, 165, 130, 50]);
  });

  it('draws the outline inside the class and leaves its middle', () => {
    const raster = createRaster(5, 5);
    const square = slice(
      5,
      Array.from({ length: 25 }, (_, at) => {
        const [row, column] = [Math.floor(at / 5), at % 5];
        return row > 0 && row < 4 && column > 0 && column < 4 ? 2 : 0;
      }),
    );

    paintContours(raster, square, { color: [9, 9, 9] });

    const drawn = [...raster.data].filter((_, index) => index % 3 === 0);
    expect(drawn.reduce((sum, value) => sum + Number(value === 9), 0)).toBe(8);
    expect(drawn[12]).toBe(0);
    expect(drawn[0]).toBe(0);
  });

  it('covers what is hidden', () => {
    const raster = createRaster(2, 1, [255, 255, 255]);

    paintMask(raster, slice(2, [1, 0]), [10, 20, 30]);

    expect([...raster.data]).toEqual([10, 20, 30, 255, 255, 255]);
  });
});

describe('colors', () => {
  it('tells the first 14 classes apart and then repeats', () => {
    const names = Array.from({ length: 14 }, (_, index) => cssColor(labelColor(index + 1)));

    expect(new Set(names).size).toBe(14);
    expect(labelColor(15)).toEqual(labelColor(1));
    expect(names[0]).toBe('#e69f00');
  });

  it('brightens with the error and is white where a signed one is 0', () => {
    const levels = [0, 0.25, 0.5, 0.75, 1].map((share) => {
      const [red, green, blue] = sequentialColor(share);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });

    expect(levels).toEqual([...levels].sort((left, right) => left - right));
    expect(divergingColor(0)).toEqual([247, 247, 247]);
    expect(divergingColor(-5)).toEqual(divergingColor(-1));
  });
});

describe('montage', () => {
  it('centres each picture in its cell', () => {
    const sheet = montage(
      [
        [createRaster(1, 1, [1, 1, 1]), createRaster(2, 3, [2, 2, 2])],
        [createRaster(3, 1, [3, 3, 3])],
      ],
      { gap: 1 },
    );

    expect([sheet.width, sheet.height]).toEqual([6, 5]);
    const gray = [...sheet.data].filter((_, index) => index % 3 === 0);
    expect(gray[1 * 6 + 1]).toBe(1);
    expect(gray[0 * 6 + 4]).toBe(2);
    expect(gray.slice(4 * 6, 4 * 6 + 4)).toEqual([3, 3, 3, 0]);
  });
});

describe('drawText', () => {
  it('draws an I as a bar between two serifs', () => {
    const raster = createRaster(5, 7);

    drawText(raster, 'i', { left: 0, top: 0, color: [1, 1, 1] });

    const lit = [...raster.data].filter((_, index) => index % 3 === 0);
    expect(lit.slice(0, 5)).toEqual([0, 1, 1, 1, 0]);
    expect(lit.slice(15, 20)).toEqual([0, 0, 1, 0, 0]);
    expect(lit.slice(30)).toEqual([0, 1, 1, 1, 0]);
  });
});

describe('inspectPicture', () => {
  const volume: Volume<Int16Array> = {
    data: Int16Array.from({ length: 64 }, (_, index) => index),
    shape: [4, 4, 4],
    channels: 1,
    affine: affineOf([1, 1, 1]),
  };
  const labels = { ...volume, data: new Uint8Array(64).fill(2) };

  it('is the same picture every time', () => {
    expect(inspectPicture(volume, labels)).toEqual(inspectPicture(volume, labels));
  });

  it('shows class colors only with labels, in a second row', () => {
    const plain = decode(inspectPicture(volume, undefined, { edge: 40 }));
    const labeled = decode(
      inspectPicture(volume, labels, { edge: 40, classes: ['background', 'a', 'liver'] }),
    );
    const [red, green, blue] = labelColor(2);

    expect(labeled.height).toBeGreaterThan(plain.height + 40);
    const pixels = Array.from({ length: labeled.width * labeled.height }, (_, pixel) =>
      labeled.data.slice(pixel * 3, pixel * 3 + 3).join(),
    );
    expect(pixels).toContain([red, green, blue].join());
  });
});
