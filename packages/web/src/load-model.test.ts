import { type Affine, isVoxmimError, type Volume } from '@voxmim/core';
import { writeNifti } from '@voxmim/formats';

import { loadModel } from './load-model.js';
import { fallingBack } from './model/falling-back.js';
import type { ModelSession, OrtModule } from './model/model-session.js';
import { onnxMetadata } from './model/onnx-metadata.js';
import { serveModel } from './worker/serve-model.js';
import { postedError, receivedError } from './worker/posted-error.js';

const facts = {
  task: 'finetune',
  version: 1,
  crop: [4, 4, 4],
  inChannels: 1,
  preprocessing: { intensity: { kind: 'none' }, cropForeground: false },
  dicom: {},
  classes: ['background', 'bright'],
  regions: null,
  inference: { overlap: 0.25 },
  seen: {
    cases: 1,
    modalities: ['CT'],
    spacing: [
      [2, 1, 1],
      [2, 1, 1],
    ],
    channels: [{ low: [10, 10], high: [130, 130], width: [120, 120], start: [0.1, 0.1] }],
  },
};

/** A field of a protocol buffer that has a length. */
function field(number: number, content: Uint8Array): number[] {
  const length = content.length;
  return [8 * number + 2, 128 + (length % 128), length >> 7, ...content];
}

/** The metadata of a `ModelProto`, and a version before it. */
function modelFile(text: string, key = 'voxmim'): { name: string; content: Uint8Array } {
  const encode = (part: string) => new TextEncoder().encode(part);
  const pair = Uint8Array.from([...field(1, encode(key)), ...field(2, encode(text))]);
  return { name: 'model.onnx', content: Uint8Array.from([8, 9, ...field(14, pair)]) };
}

const model = modelFile(JSON.stringify(facts));

/** Scores what is brighter than 50 as class 1, and counts the windows. */
class BrightModel implements OrtModule {
  windows = 0;
  readonly Tensor = FakeTensor;
  readonly InferenceSession = {
    create: async () => ({
      inputNames: ['volumes'],
      outputNames: ['logits'],
      run: async ({ volumes }: Readonly<Record<string, { dims: readonly number[] }>>) => {
        this.windows += 1;
        const values = volumes instanceof FakeTensor ? [...volumes.values] : [];
        const logits = values.flatMap((value) => [50, value]);
        const dims = [...(volumes?.dims.slice(0, 4) ?? []), 2];
        return { logits: new FakeTensor('float32', Float32Array.from(logits), dims) };
      },
      release: async () => undefined,
    }),
  };
}

class FakeTensor {
  constructor(
    _type: string,
    readonly values: Float32Array | Int32Array,
    readonly dims: readonly number[],
  ) {}

  async getData(): Promise<unknown> {
    return this.values;
  }
}

/** Width to the left, height to posterior, depth to superior. */
const turned: Affine = [
  [0, 0, -1, 9],
  [0, -1, 0, 9],
  [2, 0, 0, 0],
];

/** Brighter along its width. */
function scan(channels = 1): Volume<Float32Array> {
  const data = Float32Array.from(
    { length: 5 * 6 * 7 * channels },
    (_, index) => 10 + 20 * (Math.floor(index / channels) % 7) + index / 1000,
  );
  return { data, shape: [5, 6, 7], channels, affine: turned };
}

const nifti = (volume: Volume) => ({
  name: 'scan.nii.gz',
  content: writeNifti(volume, { kind: 'image' }),
});

async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((caught: unknown) => caught);
  return isVoxmimError(error) ? error.message : `not ours: ${String(error)}`;
}

it('labels a scan on its own grid, whichever way it is turned', async () => {
  const ort = new BrightModel();
  const trained = await loadModel(model, { ort });
  const progress: string[] = [];

  const { labels, image, classes, engine } = await trained.segment(nifti(scan()), {
    onProgress: (done, total) => progress.push(`${done}/${total}`),
  });

  expect([...labels.data]).toEqual(Array.from(scan().data, (value) => Number(value > 50)));
  expect(labels).toMatchObject({ shape: [5, 6, 7], channels: 1 });
  expect(labels.affine.flat().map(Math.round)).toEqual(turned.flat());
  expect(image.shape).toEqual([5, 6, 7]);
  expect([classes, engine]).toEqual([['background', 'bright'], 'own']);
  expect(progress.at(-1)).toBe(`${ort.windows}/${ort.windows}`);
});

it('tells a scan that is unlike those the model learned from', async () => {
  const trained = await loadModel(model, { ort: new BrightModel() });
  const cold = { ...scan(), data: scan().data.map((value) => value - 200) };

  expect((await trained.segment(scan())).notes).toEqual([]);
  expect((await trained.segment(cold)).notes).toEqual([
    expect.stringMatching(/^The scan is unlike the training data: its intensities/),
  ]);
});

it('fills in what a mask hides, of a window of the scan', async () => {
  const { classes, regions, inference, seen, ...common } = facts;
  const more = { task: 'reconstruct', gridShape: [2, 2, 2], patchSize: [2, 2, 2] };
  const file = modelFile(JSON.stringify({ ...common, ...more, masking: { name: 'random' } }));
  const asked: Record<string, unknown> = {};
  const session = {
    inputNames: [],
    outputNames: ['reconstruction'],
    run: async (feeds: Readonly<Record<string, object>>) => {
      for (const [name, feed] of Object.entries(feeds))
        if (feed instanceof FakeTensor) asked[name] = [...feed.values];
      const dims = [1, 4, 4, 4, 1];
      return { reconstruction: new FakeTensor('float32', new Float32Array(64).fill(7), dims) };
    },
    release: async () => undefined,
  };
  const ort = { Tensor: FakeTensor, InferenceSession: { create: async () => session } };
  const trained = await loadModel(file, { ort });

  const window = await trained.window(scan());
  const found = await trained.reconstruct(window, Uint8Array.from([0, 1, 0, 0, 1, 0, 0, 0]));

  expect([window.shape, found.shape, found.data[0]]).toEqual([[4, 4, 4], [4, 4, 4], 7]);
  expect(asked).toMatchObject({
    visible: [0, 2, 3, 5, 6, 7],
    hidden: [1, 4],
    volumes: [...window.data],
  });
  expect(await failure(trained.reconstruct(window, new Uint8Array(8)))).toContain('SHAPE_MISMATCH');
  expect([classes.length, regions, inference.overlap, seen.cases]).toEqual([2, null, 0.25, 1]);
});

it('averages over mirror images where the model says so', async () => {
  const ort = new BrightModel();
  const mirrored = { ...facts, inference: { ...facts.inference, mirror: true } };
  const trained = await loadModel(modelFile(JSON.stringify(mirrored)), { ort });

  const { labels } = await trained.segment(scan());

  expect([...labels.data]).toEqual(Array.from(scan().data, (value) => Number(value > 50)));
  expect(ort.windows % 8).toBe(0);
});

it('stops between windows when it is told to', async () => {
  const trained = await loadModel(model, { ort: new BrightModel() });
  const controller = new AbortController();

  const work = trained.segment(scan(), {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });

  await expect(work).rejects.toThrow('abort');
});

describe('says in words what is wrong with', () => {
  const cases: [string, Parameters<typeof loadModel>[0], RegExp][] = [
    ['a model of a newer voxmim', modelFile('{"version":2}'), /newer voxmim.*UNSUPPORTED_FILE/],
    ['a strange ONNX file', modelFile('{}', 'other'), /does not say how scans.*INVALID_FILE/],
    ['facts that are no JSON', modelFile('{'), /no JSON.*INVALID_FILE/],
    [
      'facts with a wrong field',
      modelFile('{"version":1,"task":"finetune"}'),
      /crop.*INVALID_CONFIG/,
    ],
    ['a text', { name: 'a.txt', content: new TextEncoder().encode('<html>') }, /INVALID_FILE/],
  ];
  it.each(cases)('%s', async (_, file, words) => {
    expect(await failure(loadModel(file, { ort: new BrightModel() }))).toMatch(words);
  });

  it('every beginning of a model', async () => {
    for (let end = 2; end < model.content.length; end++) {
      const half = { name: 'half.onnx', content: model.content.subarray(0, end) };
      expect(await failure(loadModel(half, { ort: new BrightModel() }))).toContain('INVALID_FILE');
    }
  });

  it('scans that are none, half, over time, or empty', async () => {
    const trained = await loadModel(model, { ort: new BrightModel() });
    const whole = nifti(scan());
    const half = { ...whole, content: whole.content.subarray(0, 400) };
    const hostile = { name: '<img src=x>\u001b[2J/../a.nii', content: new Uint8Array(9) };

    expect(await failure(trained.segment(half))).toMatch(/^scan\.nii\.gz .*INVALID_FILE/);
    expect(await failure(trained.segment(nifti(scan(3))))).toMatch(/3 channels.*4D.*INVALID_DATA/);
    expect(await failure(trained.segment([]))).toContain('NOT_FOUND');
    expect(await failure(trained.segment(hostile))).toMatch(/^<img src=x>\ufffd\[2J.*INVALID_FILE/);
    expect(await failure(trained.segment({ ...scan(), data: new Float32Array(210) }))).toContain(
      'INVALID_DATA',
    );
    expect(await failure(trained.embed(scan()))).toContain('UNSUPPORTED_CAPABILITY');
  });
});

it('reads the metadata between fields of every kind', () => {
  const { content } = model;
  const around = Uint8Array.from([
    9,
    ...Array<number>(8).fill(1),
    21,
    1,
    2,
    3,
    4,
    ...content,
    8,
    200,
    1,
  ]);

  expect(onnxMetadata(around, 'x').get('voxmim')).toBe(JSON.stringify(facts));
});

it('goes on with wasm when the graphics processor is lost, and says so', async () => {
  const notes: string[] = [];
  const sessionOf = (engine: 'webgpu' | 'wasm'): ModelSession => ({
    engine,
    inputs: [],
    outputs: [],
    run: async () => {
      if (engine === 'webgpu') throw new TypeError('device lost');
      return [];
    },
    release: async () => Promise.reject(new TypeError('lost')),
  });

  const session = await fallingBack(
    async (engine) => sessionOf(engine),
    (note) => notes.push(note),
  );
  await session.run({}, []);
  await session.run({}, []);

  expect(session.engine).toBe('wasm');
  expect(notes).toEqual([expect.stringContaining('device lost')]);
});

it('carries errors over threads with code and details', async () => {
  const error: unknown = await loadModel(modelFile('{"version":2}'), {
    ort: new BrightModel(),
  }).catch((caught: unknown) => caught);

  expect(receivedError(structuredClone(postedError(error)))).toEqual(error);
  expect(receivedError(postedError(new TypeError('odd'))).message).toContain('odd');
});

it('reaches a worker, whose errors come back as ours', async () => {
  const { port1, port2 } = new MessageChannel();
  serveModel({
    addEventListener: (type, listener) => port2.addEventListener(type, listener),
    postMessage: (answer) => port2.postMessage(answer),
  });
  port2.start();
  port1.start();
  const worker = {
    addEventListener: port1.addEventListener.bind(port1),
    removeEventListener: port1.removeEventListener.bind(port1),
    postMessage: (message: unknown) => port1.postMessage(message),
    terminate: jest.fn(() => port1.close()),
  };

  const work = loadModel(modelFile('{"version":2}'), { worker: () => worker });

  expect(await failure(work)).toContain('UNSUPPORTED_FILE');
  expect(worker.terminate).toHaveBeenCalledTimes(1);
});
