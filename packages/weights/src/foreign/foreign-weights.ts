import type { EncoderGeometry } from '@voxmim/core';

import type { StoredTensor, TensorMap } from '../safetensors/stored-tensor.js';
import type { AdaptationGeometry } from '../transfer/adapt-tensor.js';
import { fromMonaiSwin } from './monai-swin.js';
import { fromMonaiVit } from './monai-vit.js';
import { fromTimmVit } from './timm-vit.js';

/** Weights of another library, under our names and in our order of axes. */
export interface ForeignWeights {
  /** Whose they are, in words. */
  readonly origin: string;
  readonly tensors: TensorMap;
  /** What they were made for; undefined where the file does not tell. */
  readonly geometry?: AdaptationGeometry;
}

/** Reads one family of weights; undefined where the names are not that family's. */
export type ForeignReader = (
  tensors: TensorMap,
  target: EncoderGeometry,
) => ForeignWeights | undefined;

/** What trainers put in front of every name. */
const WRAPPERS = /^(module|model|backbone|student|teacher|_orig_mod)\./;
const READERS: readonly ForeignReader[] = [fromMonaiVit, fromMonaiSwin, fromTimmVit];

/**
 * Recognizes weights of MONAI (ViT, UNETR, Swin UNETR), MIM-Med3D, facebook MAE and timm by their
 * names, and brings them to ours. Encoders come under `encoder.`, heads under `head.`.
 *
 * MONAI indexes volumes `[x, y, z]` and we `[z, y, x]`, so its spatial axes are reversed. Weights of 2D
 * models are inflated along depth: kernels divided by the depth, positions repeated.
 *
 * @param target the encoder that they are for; tells token sizes that the file does not
 * @returns undefined for weights of nobody that is known, ours among them
 */
export function recognizeWeights(
  tensors: TensorMap,
  target: EncoderGeometry,
): ForeignWeights | undefined {
  const bare = withoutWrappers(tensors);
  for (const read of READERS) {
    const found = read(bare, target);
    if (found) return found;
  }
  return undefined;
}

/** Without what all names begin with, however often it was wrapped. */
function withoutWrappers(tensors: TensorMap): TensorMap {
  const names = [...tensors.keys()];
  const prefix = names[0] === undefined ? undefined : WRAPPERS.exec(names[0])?.[0];
  if (prefix === undefined || !names.every((name) => name.startsWith(prefix))) return tensors;
  return withoutWrappers(
    new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor])),
  );
}

/** Renames and converts every tensor; one that becomes undefined is left out. */
export function mapTensors(
  tensors: TensorMap,
  rename: (name: string) => string | undefined,
  convert: (tensor: StoredTensor, name: string) => StoredTensor | undefined,
): Map<string, StoredTensor> {
  return new Map(
    [...tensors].flatMap(([original, tensor]): [string, StoredTensor][] => {
      const name = rename(original);
      const converted = name === undefined ? undefined : convert(tensor, name);
      return name === undefined || converted === undefined ? [] : [[name, converted]];
    }),
  );
}
