import { type Affine, affinesAgree, type Volume } from '@voxmim/core';
import { readNifti, writeNifti } from '@voxmim/formats';

/** What lies over an image. */
export type LayerName = 'truth' | 'prediction' | 'error';

/** A volume to be shown, and its values. */
export interface Layer {
  readonly volume: Volume;
  /** The same as an uncompressed NIfTI file. */
  readonly nifti: ArrayBuffer;
}

/** What a viewport shows. */
export interface Layers {
  readonly image: Layer;
  readonly overlays: Readonly<Partial<Record<LayerName, Layer>>>;
}

/** What an error overlay tells apart. */
export const ERROR_NAMES = ['', 'missed', 'too much', 'other class'] as const;

/** Colors that people who mix red and green tell apart. */
export const ERROR_COLORS = [
  [0, 158, 255],
  [255, 176, 0],
  [220, 38, 200],
] as const;

/** A volume as a layer. */
export function layerOf(volume: Volume, kind: 'image' | 'labels'): Layer {
  return { volume, nifti: writeNifti(volume, { kind }).buffer };
}

/** The layer in a file that the page was given the address of. */
export async function fetchLayer(url: string, kind: 'image' | 'labels'): Promise<Layer> {
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.ok) throw new TypeError(await response.text());
  return layerOf(readNifti(new Uint8Array(await response.arrayBuffer()), url), kind);
}

/** Where a prediction differs from the truth, or undefined where they are on different grids. */
export function errorLayer(truth: Volume, prediction: Volume): Layer | undefined {
  if (!onOneGrid(truth, prediction)) return undefined;
  const data = Uint8Array.from(truth.data, (wanted, index) => {
    const found = prediction.data[index] ?? 0;
    if (found === wanted) return 0;
    if (found === 0) return 1;
    return wanted === 0 ? 2 : 3;
  });
  return layerOf({ ...truth, channels: 1, data }, 'labels');
}

function onOneGrid(one: Volume, other: Volume): boolean {
  const affine: Affine = other.affine;
  return (
    one.shape.join() === other.shape.join() && affinesAgree(one.affine, affine, one.shape, 0.1)
  );
}
