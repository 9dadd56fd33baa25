import { affineOf, type Volume } from '@voxmim/core';
import { decode } from 'fast-png';

import { drawReconstruction, type ReconstructionInput } from './draw-reconstruction.js';
import { bestMedianWorst, drawSegmentation } from './draw-segmentation.js';
import { renderReport } from './render-report.js';
import type { Comparison, ComparisonRow } from './comparison-content.js';
import { emptyReport, ReportContent } from './report-content.js';

const HOSTILE = `<img src=x onerror="alert('1')"> & co`;

const image: Volume<Float32Array> = {
  data: Float32Array.from({ length: 64 }, (_, index) => index / 64),
  shape: [4, 4, 4],
  channels: 1,
  affine: affineOf([1, 1, 1]),
};
const truth = { ...image, data: Uint8Array.from(image.data, (value) => Number(value > 0.5)) };

const reconstruction: ReconstructionInput = {
  name: HOSTILE,
  image,
  gridShape: [2, 1, 1],
  hidden: Uint8Array.of(0, 1),
  prediction: new Float32Array(64),
  deNormalization: HOSTILE,
};

const row: ComparisonRow = {
  ...{ labels: 5, arm: 'scratch', budget: '', baseline: null, diagnostic: null, at: {} },
  score: { mean: 0.61234, low: 0.58, high: 0.64 },
  ...{ cases: 40, seeds: 3, pretrainings: 0, difference: null, finding: null, doubt: null },
  ...{ ofPretrainings: [], ofSeeds: [], classes: [], speed: null, area: null, pairs: [] },
  curve: [
    [10, 0.5, 0.4, 0.6],
    [20, 0.6, 0.5, 0.7],
  ],
};

const pretrained: ComparisonRow = {
  ...{ ...row, arm: 'MAE', baseline: 'scratch', pretrainings: 2, at: { ratio: 0.75 } },
  score: { mean: 0.7, low: 0.68, high: 0.72 },
  difference: { mean: 0.088, low: 0.05, high: 0.12 },
  finding: 'gain',
  ofSeeds: [
    { seed: 0, pretraining: 1, difference: 0.1 },
    { seed: 1, pretraining: 1, difference: 0.07 },
  ],
  classes: [
    {
      ...{ name: HOSTILE, score: 0.5, baseline: 0.6, finding: 'loss' },
      difference: { mean: -0.1, low: -0.2, high: -0.05 },
    },
  ],
  speed: {
    ...{ level: 0.58, steps: 300, baselineSteps: 900, reached: [6, 6], baselineReached: [2, 3] },
    speedUp: { mean: 3, low: 2, high: 4 },
  },
  area: { mean: 0.6, difference: { mean: 0.1, low: 0.05, high: 0.2 } },
  pairs: [{ id: 'a', baseline: 0.6, score: 0.7 }],
};

const comparison: Comparison = {
  ...{ metric: 'Dice', baseline: 'scratch', confidence: 0.95, note: HOSTILE },
  rows: [row, pretrained],
};

const full: ReportContent = {
  title: HOSTILE,
  notes: [HOSTILE],
  differences: {
    baseline: HOSTILE,
    test: HOSTILE,
    confidence: 0.95,
    note: HOSTILE,
    rows: [
      {
        model: HOSTILE,
        name: HOSTILE,
        label: 1,
        metric: 'Dice',
        unit: '',
        digits: 3,
        higherIsBetter: true,
        pairs: 9,
        baseline: 0.6,
        score: 0.5,
        difference: { mean: -0.1, low: -0.2, high: -0.05 },
        pValue: 0.01,
      },
    ],
  },
  casePlots: [true, false].map((paired) => ({
    title: HOSTILE,
    metric: HOSTILE,
    paired,
    groups: [
      { name: HOSTILE, label: null, values: [0.5, null] },
      { name: 'MAE', label: 2, values: [0.6, 0.1] },
    ],
    note: HOSTILE,
  })),
  caseTables: [
    {
      title: HOSTILE,
      columns: [{ title: HOSTILE, digits: 2, signed: true }],
      rows: [
        { name: HOSTILE, cells: [0.5] },
        { name: 'b', cells: [HOSTILE] },
      ],
      note: HOSTILE,
      csv: `case\r\n"${HOSTILE}"`,
    },
  ],
  splits: [{ name: HOSTILE, ids: [HOSTILE] }],
  conclusion: HOSTILE,
  warnings: [HOSTILE],
  highlights: [{ label: HOSTILE, value: HOSTILE }],
  comparison,
  tables: [
    {
      title: HOSTILE,
      columns: [{ title: HOSTILE, digits: 2 }],
      rows: [
        { name: HOSTILE, label: 1, cells: [{ mean: 0.5, low: 0.4, high: 0.6 }] },
        { name: 'spleen', label: 2, cells: [null] },
      ],
      note: HOSTILE,
    },
  ],
  classes: [HOSTILE],
  segmentations: [
    drawSegmentation({
      name: HOSTILE,
      image,
      truth,
      predictions: [{ title: HOSTILE, labels: truth }],
      facts: [],
    }),
  ],
  reconstructions: [drawReconstruction(reconstruction)],
  charts: [],
  curves: [
    {
      title: HOSTILE,
      xLabel: HOSTILE,
      yLabel: HOSTILE,
      scale: 'log',
      note: HOSTILE,
      series: [
        {
          name: HOSTILE,
          points: [
            [1, 0.875],
            [2, 0.25],
          ],
        },
      ],
    },
  ],
  facts: [{ label: 'Seed', value: '42' }],
  configs: [{ name: HOSTILE, text: 'a: 1\n  b: <2>' }],
};

describe('renderReport', () => {
  it('escapes every text, also inside charts', () => {
    const page = renderReport(full);

    expect(page).not.toContain('<img src=x');
    expect(page).not.toMatch(/<[^>]*onerror="/);
    expect(page).toContain('&lt;img src=x onerror=&quot;');
  });

  it('loads nothing and runs nothing', () => {
    const page = renderReport({ ...full, title: 'plain' });

    const addresses = page.match(/(?:https?:)?\/\/[a-z][\w.-]*\.[a-z]{2,}/gi) ?? [];
    expect(addresses.filter((address) => !address.includes('www.w3.org'))).toEqual([]);
    expect(page).not.toMatch(/<script|<link|<iframe|@import|url\(\s*['"]?http/i);
    expect(page).toContain('content="default-src &#39;none&#39;; img-src data:;');
  });

  it('is the same text every time, however many charts were drawn before', () => {
    expect(renderReport(full)).toBe(renderReport(full));
  });

  it('gives every id once and points only to ids that are there', () => {
    const page = renderReport(full);

    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const pointed = [...page.matchAll(/aria-labelledby="([^"]+)"|url\(#([^)]+)\)/g)]
      .flatMap((match) => (match[1] ?? match[2] ?? '').split(' '))
      .filter((id) => !ids.includes(id));
    expect(pointed).toEqual([]);
  });

  it('says the conclusion first, then what limits it, then the numbers', () => {
    const page = renderReport({ ...full, warnings: ['caution!'], conclusion: 'no gain.' });

    const order = [
      'no gain.',
      'caution!',
      'id="comparison"',
      'id="scores"',
      'id="curves"',
      'id="run"',
    ];
    const places = order.map((text) => page.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((left, right) => left - right));
  });

  it('describes each picture and each chart, and keeps the numbers behind a curve', () => {
    const page = renderReport({
      ...full,
      curves: full.curves.map((curve) => ({ ...curve, title: 'loss' })),
    });

    expect(page.match(/<img\b/g)?.length).toBe(7);
    expect(page.match(/<img[^>]* alt="[^"]+/g)?.length).toBe(7);
    expect(page).toMatch(/<title id="curve-1-title">loss<\/title>/);
    expect(page).toMatch(/0\.875 at 1 to 0\.25 at 2/);
    expect(page).toMatch(/<td>0\.875<\/td>/);
  });

  it('prints the paired test and steps to the same score, and no bare zero for p', () => {
    const page = renderReport(full);

    expect(page).toContain('0.612');
    expect(page).toContain('+0.088');
    expect(page).toContain('clear gain');
    expect(page).toContain('3.00×');
    expect(page).toContain('+0.100 (seed 0, pretraining 1)');
  });

  it('keeps the line breaks of a config', () => {
    expect(renderReport(full)).toContain('>a: 1\n  b: &lt;2&gt;</pre>');
  });

  it('leaves out what there is nothing to show of', () => {
    const page = renderReport({ ...emptyReport, title: 'nothing' });

    expect(page).toContain('<h1>nothing</h1>');
    expect(page).not.toContain('<section');
  });

  it('comes from plain JSON', () => {
    expect(ReportContent.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });
});

describe('drawReconstruction', () => {
  const pictures = drawReconstruction({ ...reconstruction, name: 'a' }, 40);
  const pixel = (column: number, x: number, y: number) => {
    const shown = decode(Buffer.from(pictures.columns[column]!.picture.png, 'base64'));
    const at = (y * shown.width + x) * shown.channels;
    return shown.channels === 1 ? shown.data[at]! : [...shown.data.slice(at, at + 3)].join();
  };

  it('covers hidden patches and shows visible ones, in the upper half of a coronal plane', () => {
    // The upper token is hidden; the coronal plane starts 44 pixels down, after the axial one.
    expect(pixel(1, 20, 44 + 5)).toBe('88,98,112');
    expect(pixel(1, 20, 44 + 35)).not.toBe('88,98,112');
  });

  it('keeps visible voxels of the input in the prediction', () => {
    const input = decode(Buffer.from(pictures.columns[0]!.picture.png, 'base64'));
    const predicted = decode(Buffer.from(pictures.columns[2]!.picture.png, 'base64'));

    expect(predicted.data[(44 + 35) * 40 + 30]).toBe(input.data[(44 + 35) * 40 + 30]);
    expect(predicted.data[(44 + 5) * 40 + 30]).toBe(0);
  });

  it('judges the error on hidden voxels, beside that of a plain guess', () => {
    // Hidden are 32/64 … 63/64, predicted as 0; the visible mean is 15.5/64.
    expect(pictures.facts.map(({ value }) => value)).toEqual([
      '50 %',
      (47.5 / 64).toFixed(3),
      (32 / 64).toFixed(3),
    ]);
  });

  it('draws a target that is no intensity beside its prediction, and judges that', () => {
    // Two cells of two components; the hidden one is [3, -1], predicted as [1, 0].
    const data = Float32Array.of(1, 1, 3, -1);
    const target = { data, shape: [2, 1, 1] as const, channels: 2, affine: image.affine };
    const drawn = drawReconstruction(
      { ...reconstruction, target, prediction: Float32Array.of(0, 0, 1, 0) },
      40,
    );

    expect(drawn.columns.map(({ title }) => title)).toEqual([
      ...['Input', 'What the encoder saw', 'Target', 'Prediction', 'Error'],
    ]);
    // |1 - 3| and |0 + 1|; the visible mean is 1.
    expect(drawn.facts.map(({ value }) => value)).toEqual(['50 %', '1.500', '2.000']);
  });

  it('refuses the mask of a whole batch', () => {
    expect(() => drawReconstruction({ ...reconstruction, hidden: new Uint8Array(4) })).toThrow(
      /mask has 4 values where the image asks for 2.*SHAPE_MISMATCH/,
    );
  });
});

describe('bestMedianWorst', () => {
  it('picks by score, not by order', () => {
    const cases = [0.5, 0.9, 0.1, NaN, 0.7].map((score, index) => ({ id: `c${index}`, score }));

    expect(bestMedianWorst(cases).map(({ id, rank }) => `${rank} ${id}`)).toEqual([
      'best c1',
      'median c0',
      'worst c2',
    ]);
  });

  it('shows a case once', () => {
    expect(bestMedianWorst([{ id: 'a', score: 1 }]).map(({ rank }) => rank)).toEqual(['best']);
  });
});
