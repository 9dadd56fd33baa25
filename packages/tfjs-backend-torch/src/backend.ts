import {
  KernelBackend,
  type BackendValues,
  type DataId,
  type DataType,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

import type { Native } from './abi/library.js';
import type { Tensor } from './abi/tensor.js';
import type { Place, Torch } from './abi/torch.js';
import { configuration, type Precision, type TorchBackendConfig } from './configuration.js';
import type { TorchInstallation } from './locate/locate-torch.js';
import { Buckets } from './buckets.js';
import { TorchBackendError } from './error.js';
import { download, hostArray, type TensorType, tensorType, upload } from './host-transfer.js';
import { bindOperators, type Operators } from './ops/operators.js';
import { type StartedTorch, startTorch } from './start-torch.js';
import { ElementTypes } from './element-types.js';

/** Work and memory of the backend since it started. */
export interface TorchBackendStatistics {
  /** The version of PyTorch. */
  readonly torch: string;
  readonly device: string;
  readonly precision: Precision;
  readonly threads: number;
  /** Operators called. */
  readonly calls: number;
  /** Handles of tensors that are alive. */
  readonly liveTensors: number;
  /** Bytes of the tensors that TF.js holds, views counted by their own size. */
  readonly bytes: number;
}

/** See {@link TorchBackend.fillBy}. */
export type ForeignFill = (from: number, to: number, stream: number) => void;

/** A TF.js backend that computes at once, by operators of the PyTorch that is installed. */
export class TorchBackend extends KernelBackend {
  readonly torch: Torch;
  readonly ops: Operators;
  readonly types: ElementTypes;
  readonly #started: StartedTorch;
  readonly #config = configuration();
  readonly #buckets: Buckets;
  readonly #scalars = new Map<string, Tensor>();

  /** @throws `TORCH_MISSING`, `TORCH_UNSUPPORTED`, `DEVICE_UNAVAILABLE` or `WRONG_THREAD` */
  constructor() {
    super();
    this.#started = startTorch(this.#config);
    this.torch = this.#started.torch;
    this.ops = bindOperators(this.torch);
    this.types = new ElementTypes(this.torch);
    this.#buckets = new Buckets(this, this.torch);
  }

  /** Where it computes. */
  get place(): Place {
    return this.#started.place;
  }

  /** The PyTorch that computes. */
  get installation(): TorchInstallation {
    return this.#started.installation;
  }

  /** Whether a configuration asks for what this backend was started with. */
  runsAs({ device, precision, threads, torch }: TorchBackendConfig): boolean {
    const own = this.#config;
    return (
      device === own.device &&
      precision === own.precision &&
      threads === own.threads &&
      torch === own.torch
    );
  }

  /** Whether it computes on a CUDA device. */
  get onCuda(): boolean {
    return this.place[0] === this.torch.library.constants.cuda;
  }

  /** Whether products take bfloat16. */
  get isLow(): boolean {
    return this.#config.precision === 'bf16';
  }

  /** The tensor of a TF.js tensor as it is: float32, bfloat16, int32 or bool, perhaps a scalar on the host. */
  raw(info: TensorInfo): Tensor {
    const { tensor, dtype } = this.#buckets.get(info.dataId);
    if (tensor) return tensor;
    throw new TorchBackendError(
      'UNSUPPORTED_DTYPE',
      `A ${dtype} tensor of shape [${info.shape.join()}] cannot be computed with.`,
      'Compute with float32, int32 or bool tensors.',
    );
  }

  /** The tensor on the device, in float32 where it was kept in bfloat16. */
  full(info: TensorInfo): Tensor {
    return this.raise(this.onDevice(this.raw(info)));
  }

  /** The tensor for a product: in bfloat16 where the backend computes so. The copy is kept with the tensor. */
  lowered(info: TensorInfo): Tensor {
    const tensor = this.onDevice(this.raw(info));
    if (!this.isLow || !this.types.is(tensor, 'float32')) return tensor;
    const bucket = this.#buckets.get(info.dataId);
    bucket.low ??= this.torch.keep(this.cast(tensor, 'bfloat16'));
    return bucket.low;
  }

  /** In float32, if it was bfloat16. */
  raise(tensor: Tensor): Tensor {
    return this.isLow && this.types.is(tensor, 'bfloat16') ? this.cast(tensor, 'float32') : tensor;
  }

  /** A copy in another element type. */
  cast(tensor: Tensor, type: Parameters<ElementTypes['code']>[0]): Tensor {
    return this.ops.toCopy(tensor, this.types.code(type), null, null, null, false, null);
  }

  /** A number as a scalar that elementwise operators take beside tensors of any device. */
  scalar(value: number, type: TensorType = 'float32'): Tensor {
    const key = `${type} ${Object.is(value, -0) ? '-0' : String(value)}`;
    const known = this.#scalars.get(key);
    if (known) return known;
    const { constants } = this.torch.library;
    const made = this.torch.empty([], this.types.code(type), [constants.cpu, 0]);
    this.torch.fill(made, value);
    if (this.#scalars.size < MOST_SCALARS) this.#scalars.set(key, this.torch.keep(made));
    return made;
  }

  /** A new tensor on the device, of one number. */
  filled(shape: readonly number[], value: number, type: TensorType): Tensor {
    return this.torch.fill(this.empty(shape, type), value);
  }

  /** A new tensor on the device with undefined numbers. */
  empty(shape: readonly number[], type: TensorType): Tensor {
    return this.torch.empty(shape, this.types.code(type), this.place);
  }

  /** Integers made on the host as an int64 index on the device. */
  index(values: readonly number[]): Tensor {
    const host = upload(this.torch, Int32Array.from(values), [values.length], 'int32');
    return this.cast(this.onDevice(host), 'int64');
  }

  /** A tensor for a result of a kernel; `source` is what it may be a view of. */
  hold(tensor: Tensor, source?: TensorInfo): TensorInfo {
    const dtype = this.types.tfType(tensor);
    const shape = this.torch.shapeOf(tensor);
    const dataId = {};
    const memory = source ? this.#buckets.get(source.dataId).memory : { users: 0 };
    const own = this.#own(tensor, source !== undefined);
    this.#buckets.set(dataId, { refCount: 1, dtype, memory, tensor: own });
    return { dataId, shape, dtype };
  }

  /** The same data under another reference. */
  share({ dataId, shape, dtype }: TensorInfo): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /**
   * Whether nobody would see a change in place of this tensor but who holds this very tensor.
   * After one, call {@link TorchBackend.changed}.
   */
  isExclusive({ dataId }: TensorInfo): boolean {
    const { memory, refCount } = this.#buckets.get(dataId);
    return memory.users === 1 && refCount === 1;
  }

  /** Forgets what was derived from a tensor's numbers. */
  changed({ dataId }: TensorInfo): void {
    this.#buckets.dropDerived(this.#buckets.get(dataId));
  }

  /** The C function that adds these: that of the device, or the general one where one is a scalar of the host. */
  addition(a: Tensor, b: Tensor): Native | undefined {
    const { add, constants } = this.torch.library;
    if (!this.onCuda) return add.cpu;
    const both = [a, b].every((tensor) => this.torch.deviceTypeOf(tensor) === constants.cuda);
    return both ? add.cuda : undefined;
  }

  /** A scalar of the host as one of the device. */
  onDevice(tensor: Tensor): Tensor {
    if (!this.onCuda || this.torch.deviceTypeOf(tensor) === this.torch.library.constants.cuda)
      return tensor;
    const there = this.torch.empty(
      this.torch.shapeOf(tensor),
      this.torch.dtypeOf(tensor),
      this.place,
    );
    this.torch.copyInto(there, tensor);
    return there;
  }

  /** Keeps tensors for a gradient, as long as the input they came from lives. */
  remember({ dataId }: TensorInfo, name: string, tensors: readonly Tensor[]): void {
    this.#buckets.remember(dataId, name, tensors);
  }

  /** What was remembered, to be freed with the kernel that asks. */
  recall({ dataId }: TensorInfo, name: string): readonly Tensor[] | undefined {
    return this.#buckets.recall(dataId, name);
  }

  /** Tells apart tensors that are alive at the same time. */
  identity({ dataId }: TensorInfo): number {
    return this.#buckets.identity(dataId);
  }

  /** Waits until the device has done everything. */
  synchronize(): void {
    if (this.onCuda) this.torch.synchronize(this.place[1]);
  }

  /**
   * A new float32 tensor that a library of others fills: NCCL, MPI.
   *
   * @param fill gets the address of `source`'s elements, of those of the new tensor, and the stream to queue on,
   *   0 on the processor. On CUDA the device is the current one.
   */
  fillBy(source: TensorInfo, shape: readonly number[], fill: ForeignFill): TensorInfo {
    return this.torch.scope(() => {
      const from = this.ops.contiguous(this.full(source), this.torch.library.constants.contiguous);
      const to = this.empty(shape, 'float32');
      if (this.onCuda) this.torch.makeCurrent(this.place[1]);
      const stream = this.onCuda ? this.torch.streamOf(this.place[1]) : 0;
      fill(this.torch.dataPointer(from), this.torch.dataPointer(to), stream);
      return this.hold(to);
    });
  }

  /** Counters of work and memory. */
  statistics(): TorchBackendStatistics {
    return {
      torch: this.#started.installation.version,
      device: this.#config.device,
      precision: this.#config.precision,
      threads: this.torch.threads,
      calls: this.torch.calls,
      liveTensors: this.torch.liveTensors,
      bytes: this.#buckets.bytes,
    };
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    const memory = { users: 0 };
    if (dtype === 'string') {
      this.#buckets.set(dataId, { refCount, dtype, memory, texts: values });
      return;
    }
    const type = tensorType(dtype, shape);
    const tensor = this.torch.scope(() => {
      const host = upload(this.torch, hostArray(values, type), shape, type);
      // Scalars stay on the host, where elementwise operators take them beside tensors of the device.
      return this.torch.keep(shape.length === 0 ? host : this.onDevice(host));
    });
    this.#buckets.set(dataId, { refCount, dtype, memory, tensor });
  }

  /** The caller goes on at once; what it changes in place meanwhile is not seen. */
  override async read(dataId: DataId): Promise<BackendValues> {
    const bucket = this.#buckets.get(dataId);
    if (!bucket.tensor) return bucket.texts ?? [];
    const source = bucket.tensor;
    const alias = this.torch.scope(() => this.torch.keep(this.torch.alias(source)));
    bucket.memory.users++;
    await Promise.resolve();
    try {
      return download(this.torch, alias, tensorType(bucket.dtype, []));
    } finally {
      bucket.memory.users--;
      this.torch.free(alias);
    }
  }

  override readSync(dataId: DataId): BackendValues {
    const { tensor, dtype, texts } = this.#buckets.get(dataId);
    return tensor ? download(this.torch, tensor, tensorType(dtype, [])) : (texts ?? []);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#buckets.has(dataId)) return true;
    const bucket = this.#buckets.get(dataId);
    bucket.refCount--;
    if (!force && bucket.refCount > 0) return false;
    this.#buckets.delete(dataId);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.#buckets.has(dataId) ? this.#buckets.get(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    this.#buckets.get(dataId).refCount++;
  }

  /** Gives up one reference without freeing, the counterpart of {@link TorchBackend.incRef}. */
  decRef(dataId: DataId): void {
    if (this.#buckets.has(dataId)) this.#buckets.get(dataId).refCount--;
  }

  override numDataIds(): number {
    return this.#buckets.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override timerAvailable(): boolean {
    return true;
  }

  override time(f: () => void): Promise<{ kernelMs: number }> {
    this.synchronize();
    const start = performance.now();
    f();
    this.synchronize();
    return Promise.resolve({ kernelMs: performance.now() - start });
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.#buckets.clear();
    for (const tensor of this.#scalars.values()) this.torch.free(tensor);
    this.#scalars.clear();
  }

  /** What holds memory, in a sentence. */
  describeMemory(): string {
    return this.#buckets.describe();
  }

  /** A result that is an input itself, or is kept already, gets a handle of its own, or numbers of its own. */
  #own(tensor: Tensor, mayShare: boolean): Tensor {
    if (!tensor.kept) return this.torch.keep(tensor);
    return this.torch.keep(mayShare ? this.torch.alias(tensor) : this.ops.clone(tensor, null));
  }
}

const MOST_SCALARS = 1024;
