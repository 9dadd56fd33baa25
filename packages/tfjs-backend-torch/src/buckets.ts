import {
  DataStorage,
  engine,
  type BackendValues,
  type DataId,
  type DataType,
  type KernelBackend,
} from '@tensorflow/tfjs-core';

import type { Tensor } from './abi/tensor.js';
import type { Torch } from './abi/torch.js';

/** Memory that a tensor and its views share; so many data ids have it. */
export interface SharedMemory {
  users: number;
}

/** What a TF.js data id stands for: a tensor of libtorch, or texts. */
export interface Bucket {
  refCount: number;
  readonly dtype: DataType;
  readonly memory: SharedMemory;
  readonly tensor?: Tensor;
  readonly texts?: BackendValues;
  /** The same numbers in bfloat16, where a product has asked for them. */
  low?: Tensor | undefined;
  /** What forward passes keep for their gradients, by a name that says of what. */
  companions?: Map<string, readonly Tensor[]>;
  /** Tells apart tensors that are alive at the same time. */
  id?: number;
}

/** The buckets of a backend, and the tensors in them. */
export class Buckets {
  readonly #torch: Torch;
  readonly #byId: DataStorage<Bucket>;
  readonly #all = new Set<Bucket>();
  #nextId = 1;

  constructor(backend: KernelBackend, torch: Torch) {
    this.#byId = new DataStorage(backend, engine());
    this.#torch = torch;
  }

  get size(): number {
    return this.#byId.numDataIds();
  }

  has(dataId: DataId): boolean {
    return this.#byId.has(dataId);
  }

  get(dataId: DataId): Bucket {
    return this.#byId.get(dataId);
  }

  set(dataId: DataId, bucket: Bucket): void {
    bucket.memory.users++;
    this.#all.add(bucket);
    this.#byId.set(dataId, bucket);
  }

  delete(dataId: DataId): void {
    const bucket = this.get(dataId);
    this.#byId.delete(dataId);
    this.#all.delete(bucket);
    bucket.memory.users--;
    this.#free(bucket);
  }

  /** Frees every tensor; TF.js's ids stay behind. */
  clear(): void {
    for (const bucket of this.#all) this.#free(bucket);
    this.#all.clear();
  }

  identity(dataId: DataId): number {
    return (this.get(dataId).id ??= this.#nextId++);
  }

  /** Keeps tensors for a gradient, as long as the input they came from lives. */
  remember(dataId: DataId, name: string, tensors: readonly Tensor[]): void {
    const bucket = this.get(dataId);
    this.#forget(bucket, name);
    for (const tensor of tensors) this.#torch.keep(tensor);
    bucket.companions ??= new Map();
    bucket.companions.set(name, tensors);
  }

  /** What was remembered, to be freed with the kernel that asks. */
  recall(dataId: DataId, name: string): readonly Tensor[] | undefined {
    const { companions } = this.get(dataId);
    const tensors = companions?.get(name);
    companions?.delete(name);
    for (const tensor of tensors ?? []) this.#torch.release(tensor);
    return tensors;
  }

  /** Frees what was derived from the numbers of a tensor. */
  dropDerived(bucket: Bucket): void {
    for (const name of [...(bucket.companions?.keys() ?? [])]) this.#forget(bucket, name);
    if (bucket.low) this.#torch.free(bucket.low);
    bucket.low = undefined;
  }

  /** Bytes of all tensors, views counted by their own size. */
  get bytes(): number {
    return [...this.#all].reduce((sum, bucket) => sum + this.#bytesOf(bucket), 0);
  }

  /** What holds memory, in a sentence. */
  describe(): string {
    const largest = [...this.#all]
      .map((bucket) => ({ bytes: this.#bytesOf(bucket), shape: this.#shapeOf(bucket) }))
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, 5)
      .map(({ bytes, shape }) => `[${shape.join()}] of ${mebibytes(bytes)}`);
    return `TF.js holds ${this.#all.size} tensors of ${mebibytes(this.bytes)}, the largest ${largest.join(', ')}.`;
  }

  #shapeOf({ tensor }: Bucket): number[] {
    return tensor ? this.#torch.shapeOf(tensor) : [];
  }

  #bytesOf(bucket: Bucket): number {
    const elements = this.#shapeOf(bucket).reduce((size, extent) => size * extent, 1);
    return elements * (bucket.dtype === 'bool' ? 1 : 4) + (bucket.low ? 2 * elements : 0);
  }

  #forget({ companions }: Bucket, name: string): void {
    for (const tensor of companions?.get(name) ?? []) this.#torch.free(tensor);
    companions?.delete(name);
  }

  #free(bucket: Bucket): void {
    this.dropDerived(bucket);
    if (bucket.tensor) this.#torch.free(bucket.tensor);
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
