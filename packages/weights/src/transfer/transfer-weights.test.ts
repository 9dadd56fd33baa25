import { isVoxmimError, type ParameterOwner, type Shape3 } from '@voxmim/core';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/training.py.
import golden from '../../fixtures/golden.json' with { type: 'json' };
import { formatTransferTable, type StoredTensor, transferWeights } from '../index.js';
import { adaptChannels } from './adapt-channels.js';
import { adaptPosition } from './adapt-position.js';
import { adaptRelativeBias } from './adapt-relative-bias.js';

function owner(shapes: Readonly<Record<string, number[]>>): ParameterOwner {
  const variables = new Map(
    Object.entries(shapes).map(([name, shape]) => [name, tf.variable(tf.fill(shape, -1))]),
  );
  return { namedParameters: () => variables, dispose: () => undefined };
}

function stored(shapes: Readonly<Record<string, number[]>>): Map<string, StoredTensor> {
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const values = new Float32Array(tf.util.sizeFromShape(shape)).map((_, index) => index + 1);
      return [name, { shape, values }];
    }),
  );
}

const valuesOf = async (model: ParameterOwner, name: string) => [
  ...(await model.namedParameters().get(name)!.data()),
];

const source = stored({
  'encoder.patch_embed.proj.weight': [2, 8],
  'encoder.pos_embed': [1, 8, 2],
  'encoder.norm.weight': [2],
  'decoder.weight': [3],
});
const geometry = (gridShape: Shape3, inChannels: number) => ({ gridShape, inChannels });

beforeAll(async () => {
  tf.enableProdMode(); // silences an advertisement
  await tf.setBackend('cpu');
});

describe('transferWeights', () => {
  it('copies by name, leaves the rest, and says what became of everything', async () => {
    const model = owner({
      'encoder.patch_embed.proj.weight': [2, 8],
      'encoder.pos_embed': [1, 8, 2],
      'encoder.norm.weight': [2],
      'head.weight': [4],
    });

    const report = transferWeights(source, model, { path: 'run/last' });

    expect(report.matched.map(({ name }) => name)).toHaveLength(3);
    expect(report.fresh.map(({ name }) => name)).toEqual(['head.weight']);
    expect(report.unused.map(({ name }) => name)).toEqual(['decoder.weight']);
    expect(report.coverage).toBe(1);
    expect(await valuesOf(model, 'encoder.norm.weight')).toEqual([1, 2]);
    expect(await valuesOf(model, 'head.weight')).toEqual([-1, -1, -1, -1]);
  });

  it('adapts positions to another grid and patches to more channels', async () => {
    const model = owner({
      'encoder.patch_embed.proj.weight': [2, 16],
      'encoder.pos_embed': [1, 2, 2],
      'encoder.norm.weight': [2],
    });

    const report = transferWeights(source, model, {
      path: 'run/last',
      geometry: { source: geometry([2, 2, 2], 1), target: geometry([2, 1, 1], 2) },
    });

    expect(report.adapted.map(({ note }) => note)).toEqual([
      'channels 1 → 2',
      'positions 2×2×2 → 2×1×1',
    ]);
    expect(await valuesOf(model, 'encoder.pos_embed')).toEqual([4, 5, 12, 13]);
    expect((await valuesOf(model, 'encoder.patch_embed.proj.weight')).slice(0, 4)).toEqual([
      0.5, 0.5, 1, 1,
    ]);
  });

  it.each([
    ['drops', 9, 8, 'class token’s position dropped', [3, 4]],
    ['adds', 8, 9, 'class token at position zero', [0, 0]],
  ])('%s a class token’s row of the positions', async (_, had, has, note, first) => {
    const model = owner({ 'encoder.pos_embed': [1, has, 2] });
    const weights = stored({ 'encoder.pos_embed': [1, had, 2], 'encoder.cls_token': [1, 1, 2] });
    const same = geometry([2, 2, 2], 1);

    const report = transferWeights(weights, model, {
      ...{ path: 'timm.pth', geometry: { source: same, target: same } },
    });

    expect(report.adapted.map((entry) => entry.note)).toEqual([note]);
    expect((await valuesOf(model, 'encoder.pos_embed')).slice(0, 2)).toEqual(first);
    expect((await valuesOf(model, 'encoder.pos_embed')).slice(-2)).toEqual([2 * had - 1, 2 * had]);
    expect(formatTransferTable(report)).toContain(
      '  unused: encoder.cls_token [1, 1, 2] dropped: the model has no class token',
    );
  });

  it('keeps a class token and its position while the grid changes', async () => {
    const model = owner({ 'encoder.pos_embed': [1, 3, 2], 'encoder.cls_token': [1, 1, 2] });
    const weights = stored({ 'encoder.pos_embed': [1, 9, 2], 'encoder.cls_token': [1, 1, 2] });

    const report = transferWeights(weights, model, {
      path: 'run/last',
      geometry: { source: geometry([2, 2, 2], 1), target: geometry([2, 1, 1], 1) },
    });

    expect(report.matched.map(({ name }) => name)).toEqual(['encoder.cls_token']);
    expect(await valuesOf(model, 'encoder.pos_embed')).toEqual([1, 2, 6, 7, 14, 15]);
  });

  it('moves positions also when two grids have equally many tokens', () => {
    const model = owner({ 'encoder.pos_embed': [1, 8, 2] });

    const report = transferWeights(source, model, {
      path: 'run/last',
      geometry: { source: geometry([2, 2, 2], 1), target: geometry([4, 2, 1], 1) },
    });

    expect(report.adapted.map(({ note }) => note)).toEqual(['positions 2×2×2 → 4×2×1']);
  });

  it('fails under the threshold without touching the model', async () => {
    const model = owner({ 'encoder.norm.weight': [2], 'encoder.other.weight': [30] });

    let error: unknown;
    try {
      transferWeights(source, model, { path: 'run/last' });
    } catch (thrown) {
      error = thrown;
    }

    expect(isVoxmimError(error, 'CHECKPOINT_MISMATCH') && error.details).toEqual({
      path: 'run/last',
      coverage: 2 / 32,
      missing: ['encoder.other.weight'],
    });
    expect(await valuesOf(model, 'encoder.norm.weight')).toEqual([-1, -1]);
  });

  it('takes other names and a threshold of the caller', async () => {
    const model = owner({ 'vit.norm.weight': [2], 'vit.other.weight': [2] });

    const report = transferWeights(source, model, {
      path: 'monai.safetensors',
      scope: () => true,
      sourceName: (name) => name.replace(/^vit\./, 'encoder.'),
      minCoverage: 0.5,
    });

    expect(report.missing).toEqual([
      { name: 'vit.other.weight', shape: [2], note: 'not in the checkpoint' },
    ]);
    expect(await valuesOf(model, 'vit.norm.weight')).toEqual([1, 2]);
  });

  it('prints a table', () => {
    const model = owner({
      'encoder.norm.weight': [2],
      'encoder.pos_embed': [1, 4, 2],
      head: [1200],
    });

    const table = formatTransferTable(
      transferWeights(source, model, { path: 'run/last', minCoverage: 0 }),
    );

    expect(table.split('\n')).toEqual([
      'weights from run/last, coverage 20.0 %',
      'outcome    tensors       values',
      'matched          1            2',
      'adapted          0            0',
      'missing          1            8',
      'unused           2           19',
      'fresh            1        1,200',
      "  missing: encoder.pos_embed [1, 4, 2] the checkpoint's is [1, 8, 2]",
    ]);
  });
});

describe('adaptPosition', () => {
  it('gives the numbers of PyTorch', () => {
    const values = Float32Array.from({ length: 48 }, (_, index) => Math.sin(1.7 * index + 0.3));

    const adapted = adaptPosition(values, [2, 3, 4], [3, 3, 2]);

    golden.positions.forEach((value, index) => expect(adapted[index]).toBeCloseTo(value, 5));
    expect(adapted).toHaveLength(golden.positions.length);
  });
});

describe('adaptRelativeBias', () => {
  it('keeps the biases of a smaller window’s own offsets', () => {
    const table = Float32Array.of(-2, -1, 0, 1, 2); // offsets of a window of 3

    expect([...adaptRelativeBias(table, [1, 1, 3], [1, 1, 2])]).toEqual([-1, 0, 1]);
  });

  it('stretches far offsets, near ones least', () => {
    const table = Float32Array.of(-20, -10, 0, 10, 20);

    // q = 2 brings offset 2 to 1 + q = 3, the edge of a window of 4; offset 2 lies halfway from 1 to 3.
    const adapted = [...adaptRelativeBias(table, [1, 1, 3], [1, 1, 4])];

    [-20, -15, -10, 0, 10, 15, 20].forEach((value, at) =>
      expect(adapted[at]).toBeCloseTo(value, 4),
    );
    expect(adapted).toHaveLength(7);
  });

  it('treats axes and heads apart', () => {
    // Window [1, 2, 1] with two heads to [1, 2, 2]: the new axis has one offset, whose bias is taken.
    const table = Float32Array.of(1, 10, 2, 20, 3, 30);

    expect([...adaptRelativeBias(table, [1, 2, 1], [1, 2, 2])]).toEqual([
      1, 10, 1, 10, 1, 10, 2, 20, 2, 20, 2, 20, 3, 30, 3, 30, 3, 30,
    ]);
  });

  it('is found by name in a transfer', () => {
    const name = 'encoder.layers.0.blocks.0.attn.relative_position_bias_table';
    const model = owner({ [name]: [27, 2] });
    const place = (windowSize: Shape3) => ({ ...geometry([4, 4, 4], 1), windowSize });

    const report = transferWeights(stored({ [name]: [9, 2] }), model, {
      path: 'run/last',
      geometry: { source: place([1, 2, 2]), target: place([2, 2, 2]) },
    });

    expect(report.adapted.map(({ note }) => note)).toEqual(['windows 1×2×2 → 2×2×2']);
  });
});

describe('adaptChannels', () => {
  const kernel = Float32Array.of(1, 2, 10, 20, 100, 200); // [1, 3, 2]

  it('adds all channels up for one', () => {
    expect([...adaptChannels(kernel, 3, 1, 2)]).toEqual([111, 222]);
  });

  it('repeats channels in turn, the sum over equal inputs kept', () => {
    const adapted = adaptChannels(kernel, 3, 6, 2);

    expect([...adapted]).toEqual([0.5, 1, 5, 10, 50, 100, 0.5, 1, 5, 10, 50, 100]);
  });

  it('takes the first channels for fewer', () => {
    expect([...adaptChannels(kernel, 3, 2, 2)]).toEqual([1.5, 3, 15, 30]);
  });
});
