import { VoxmimError } from '@voxmim/core';

import type {
  Engine,
  ModelArray,
  ModelFeed,
  ModelSession,
  OrtModule,
  OrtSession,
  OrtTensor,
} from './model-session.js';

/** Where a session runs. */
export interface OrtSessionOptions {
  readonly ort: OrtModule;
  readonly engine: Engine;
  /** The file, for messages. */
  readonly origin: string;
}

/**
 * Opens a model in ONNX Runtime.
 *
 * @throws `INVALID_FILE` for a model that it does not take
 */
export async function ortSession(
  bytes: Uint8Array,
  { ort, engine, origin }: OrtSessionOptions,
): Promise<ModelSession> {
  const session = await open(ort, bytes, engine, origin);
  return {
    engine,
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (feeds, outputs) => {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, feed]) => [name, tensorOf(ort, feed)]),
      );
      const results = await session.run(tensors, [...outputs]);
      return Promise.all(outputs.map((name) => arrayOf(results[name], name, origin)));
    },
    release: async () => session.release(),
  };
}

async function open(
  ort: OrtModule,
  bytes: Uint8Array,
  engine: Engine,
  origin: string,
): Promise<OrtSession> {
  try {
    const options = engine === 'own' ? {} : { executionProviders: [engine] };
    return await ort.InferenceSession.create(bytes, options);
  } catch (error) {
    throw new VoxmimError(
      'INVALID_FILE',
      `${origin} cannot be opened by ONNX Runtime: ${error instanceof Error ? error.message : String(error)}.`,
      'Check that the file is whole; export the model again.',
      { path: origin },
      { cause: error },
    );
  }
}

function tensorOf(ort: OrtModule, { values, shape }: ModelFeed): OrtTensor {
  return values instanceof Int32Array
    ? new ort.Tensor('int32', values, shape)
    : new ort.Tensor('float32', values, shape);
}

async function arrayOf(
  tensor: OrtTensor | undefined,
  name: string,
  origin: string,
): Promise<ModelArray> {
  const values: unknown = await tensor?.getData(true);
  if (tensor !== undefined && values instanceof Float32Array) return { values, shape: tensor.dims };
  throw new VoxmimError(
    'INVALID_FILE',
    `${origin} gives no numbers under ${name}.`,
    'Export the model again, by voxmim export.',
    { path: origin },
  );
}
