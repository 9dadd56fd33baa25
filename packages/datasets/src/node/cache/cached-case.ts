import {
  type Affine,
  type Shape3,
  type Vector3,
  type Volume,
  volumeOf,
  zipAxes,
} from '@voxmim/core';

import {
  type Sample,
  ClassCensus,
  type RowCounts,
  takeCensus,
  type VoxelCensus,
  allocateLike,
  type Box,
  copyOverlap,
  cropBox,
  croppedGrid,
  type Prepared,
} from '@voxmim/volumes';
import { chunkBox, type ChunkGrid, chunkGrid, chunksUnder } from './chunk-grid.js';
import type { CropSource } from './crop-source.js';
import { type EntryFile, packAffine, packEntry, unpackAffine } from './entry-file.js';
import type { MemoryBudget } from './memory-budget.js';

/**
 * The bytes of a cache entry. Its sections: chunks of the image; then, where there are labels, their chunks
 * and the counts of organs and of background per row.
 */
export function packCase({
  image,
  labels,
  air,
  notes,
}: Pick<Prepared, 'image' | 'labels' | 'air' | 'notes'>): Uint8Array {
  const { shape, channels, affine } = image;
  const facts = { shape, channels, affine: packAffine(affine), air: air[0], notes };
  return packEntry({ ...facts, hasLabels: !!labels }, sectionsOf(image, labels, air[0]));
}

function* sectionsOf(
  image: Volume<Float32Array>,
  labels: Volume<Uint8Array> | undefined,
  air: number,
): Generator<Uint8Array> {
  const grid = chunkGrid(image.shape);
  for (let chunk = 0; chunk < volumeOf(grid.counts); chunk++) {
    yield new Uint8Array(cropBox(image, chunkBox(grid, chunk)).data.buffer);
  }
  if (!labels) return;
  for (let chunk = 0; chunk < volumeOf(grid.counts); chunk++) {
    yield cropBox(labels, chunkBox(grid, chunk)).data;
  }
  const { organs, background } = takeCensus(image, labels, air);
  yield packRows(organs, grid);
  yield packRows(background, grid);
}

/** A case in the cache; a crop reads the chunks it touches and no others. */
export class CachedCase implements CropSource {
  readonly shape: Shape3;
  readonly channels: number;
  readonly affine: Affine;
  readonly air: number;
  /** Of its entry. */
  readonly key: string;
  readonly #file: EntryFile;
  readonly #grid: ChunkGrid;
  readonly #memory: MemoryBudget<object>;
  #census: VoxelCensus | undefined;

  /** @param memory keeps inflated chunks, beside what else it keeps */
  constructor(key: string, file: EntryFile, memory: MemoryBudget<object>) {
    this.key = key;
    const { shape, channels, affine, air } = file.header;
    this.air = air;
    this.shape = shape;
    this.channels = channels;
    this.affine = affineOf(unpackAffine(affine));
    this.#file = file;
    this.#grid = chunkGrid(shape);
    this.#memory = memory;
  }

  /** Of what an opened case holds beside its chunks. */
  get bytes(): number {
    const rows = this.shape[0] * this.shape[1];
    return this.#file.bytes + (this.#file.header.hasLabels ? 8 * rows : 0);
  }

  get census(): VoxelCensus | undefined {
    if (!this.#file.header.hasLabels || this.#census) return this.#census;
    const first = 2 * volumeOf(this.#grid.counts);
    const size = rowSectionBytes(this.#grid);
    const [organs, background] = this.#file.read([first, first + 1], [size, size]);
    this.#census = { organs: unpackRows(organs), background: unpackRows(background) };
    return this.#census;
  }

  /** Takes all chunks of the labels, so it is kept in memory as they are. */
  get classCensus(): ClassCensus | undefined {
    if (!this.#file.header.hasLabels) return undefined;
    const key = `${this.#file.path}:classes`;
    const held = this.#memory.get(key);
    if (held instanceof ClassCensus) return held;
    const whole = { origin: [0, 0, 0], shape: this.shape } as const;
    const census = ClassCensus.of(this.#cut(whole, 'labels', new Uint8Array(0), 1));
    this.#memory.set(key, census, census.bytes);
    return census;
  }

  crop(box: Box): Sample {
    const image = this.#cut(box, 'image', new Float32Array(0), this.channels);
    if (!this.#file.header.hasLabels) return { image };
    return { image, labels: this.#cut(box, 'labels', new Uint8Array(0), 1) };
  }

  #cut<Voxels extends Float32Array | Uint8Array>(
    { origin, shape }: Box,
    part: 'image' | 'labels',
    kind: Voxels,
    channels: number,
  ): Volume<Voxels> {
    const data = allocateLike(kind, volumeOf(shape) * channels);
    const under = chunksUnder(this.#grid, { origin, shape });
    for (const [index, chunk] of this.#chunks(under, part).entries()) {
      const { origin: start, shape: extent } = chunkBox(this.#grid, under[index]);
      const [d, h, w] = zipAxes(origin, start, (voxel, first) => voxel - first);
      const place: Vector3 = [d, h, w];
      copyOverlap({ data: chunk, shape: extent, channels }, place, shape, data);
    }
    return { data, shape, channels, affine: croppedGrid(this, { origin, shape }).affine };
  }

  /** Chunks in the order asked for, from memory where they are. */
  #chunks(
    indices: readonly number[],
    part: 'image' | 'labels',
  ): readonly (Float32Array | Uint8Array)[] {
    const first = part === 'image' ? 0 : volumeOf(this.#grid.counts);
    const key = (chunk: number) => `${this.#file.path}:${first + chunk}`;
    const held = indices.map((chunk) => voxelsOf(this.#memory.get(key(chunk))));
    const missing = indices.filter((_, index) => held[index] === undefined);
    const voxelBytes = part === 'image' ? 4 * this.channels : 1;
    const read = this.#file.read(
      missing.map((chunk) => first + chunk),
      missing.map((chunk) => volumeOf(chunkBox(this.#grid, chunk).shape) * voxelBytes),
    );
    const fresh = read.map((bytes) => (part === 'image' ? new Float32Array(bytes.buffer) : bytes));
    fresh.forEach((voxels, index) =>
      this.#memory.set(key(missing[index]), voxels, voxels.byteLength),
    );
    let next = 0;
    return held.map((voxels) => voxels ?? fresh[next++]);
  }
}

function voxelsOf(value: object | undefined): Float32Array | Uint8Array | undefined {
  return value instanceof Float32Array || value instanceof Uint8Array ? value : undefined;
}

/** The first row and the cumulated counts, filled up to the number of rows so that sizes are known. */
function packRows({ firstRow, cumulative }: RowCounts, grid: ChunkGrid): Uint8Array {
  const packed = new Int32Array(rowSectionBytes(grid) / 4);
  packed[0] = firstRow;
  packed[1] = cumulative.length;
  packed.set(cumulative, 2);
  return new Uint8Array(packed.buffer);
}

function unpackRows(bytes: Uint8Array<ArrayBuffer>): RowCounts {
  const packed = new Int32Array(bytes.buffer);
  return { firstRow: packed[0], cumulative: packed.slice(2, 2 + packed[1]) };
}

function rowSectionBytes({ volume }: ChunkGrid): number {
  return 4 * (2 + volume[0] * volume[1]);
}

function affineOf(values: Float64Array): Affine {
  const row = (from: number) =>
    [values[from], values[from + 1], values[from + 2], values[from + 3]] as const;
  return [row(0), row(4), row(8)];
}
