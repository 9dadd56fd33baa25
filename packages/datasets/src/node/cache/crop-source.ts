import type { Affine, Shape3, Volume } from '@voxmim/core';

import {
  type Sample,
  ClassCensus,
  takeCensus,
  type VoxelCensus,
  type Box,
  cropBox,
  type Prepared,
} from '@voxmim/volumes';

/** A preprocessed case that crops are cut from, wherever its voxels are. */
export interface CropSource {
  readonly shape: Shape3;
  readonly channels: number;
  readonly affine: Affine;
  /** The value of air in the first channel. */
  readonly air: number;
  /** Where crops may be centered; undefined without labels. */
  readonly census: VoxelCensus | undefined;
  /** Where crops may be centered on each class; undefined without labels. */
  readonly classCensus: ClassCensus | undefined;
  /** Voxels outside are 0. */
  crop(box: Box): Sample;
}

/** A case whose voxels are in memory. */
export class MemorySource implements CropSource {
  readonly shape: Shape3;
  readonly channels: number;
  readonly affine: Affine;
  readonly air: number;
  readonly #image: Volume<Float32Array>;
  readonly #labels: Volume<Uint8Array> | undefined;
  #census: VoxelCensus | undefined;
  #classCensus: ClassCensus | undefined;

  constructor({ image, labels, air }: Pick<Prepared, 'image' | 'labels' | 'air'>) {
    this.shape = image.shape;
    this.channels = image.channels;
    this.affine = image.affine;
    this.air = air[0];
    this.#image = image;
    this.#labels = labels;
  }

  get bytes(): number {
    return this.#image.data.byteLength + (this.#labels?.data.byteLength ?? 0);
  }

  /** Takes a pass over the volume, so it is taken when it is first needed. */
  get census(): VoxelCensus | undefined {
    if (this.#labels) this.#census ??= takeCensus(this.#image, this.#labels, this.air);
    return this.#census;
  }

  /** Taken like {@link census}. */
  get classCensus(): ClassCensus | undefined {
    if (this.#labels) this.#classCensus ??= ClassCensus.of(this.#labels);
    return this.#classCensus;
  }

  crop(box: Box): Sample {
    const image = cropBox(this.#image, box);
    return this.#labels ? { image, labels: cropBox(this.#labels, box) } : { image };
  }
}
