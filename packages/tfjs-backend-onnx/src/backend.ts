import {
  DataStorage,
  KernelBackend,
  engine,
  type BackendValues,
  type DataId,
  type DataType,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { configuration } from './configuration.js';
import { Device } from './device/device.js';
import type { DeviceStatistics } from './device/protocol.js';
import { OnnxBackendError } from './error.js';
import { reshape } from './graph/layout.js';
import { recording } from './graph/recorder.js';
import {
  Value,
  bytesPerElement,
  shapeText,
  type ElementType,
  type HostArray,
} from './graph/value.js';
import { Launcher } from './launcher.js';

/** What a TF.js data id stands for: a value of the trace, texts, or the two halves of complex numbers. */
interface Bucket {
  refCount: number;
  readonly dtype: DataType;
  readonly value?: Value;
  readonly texts?: BackendValues;
}

/** Work and memory of the backend since it started. */
export interface OnnxBackendStatistics {
  /** Graphs compiled. A second step of the same structure adds none. */
  readonly compiled: number;
  /** Graphs run. */
  readonly runs: number;
  /** Operators in the graphs run, which excludes what was recorded and never needed. */
  readonly nodesRun: number;
  /** What the device thread reports. */
  readonly device: DeviceStatistics | undefined;
}

/**
 * A TF.js backend whose kernels record. Reading a tensor, or {@link OnnxBackend.flush}, computes every live
 * tensor that is not computed yet, as one ONNX graph.
 */
export class OnnxBackend extends KernelBackend {
  readonly #buckets = new DataStorage<Bucket>(this, engine());
  readonly #device = new Device();
  readonly #launcher = new Launcher(this.#device);
  readonly #pending = new Set<Value>();
  #views = new Map<Value, Map<string, Value>>();

  /** The value of a tensor in the tensor's own shape, to be used by the kernel being recorded. */
  valueFor(info: TensorInfo): Value {
    const { value } = this.#buckets.get(info.dataId);
    if (!value) {
      throw new OnnxBackendError(
        'UNSUPPORTED_DTYPE',
        `A ${info.dtype} tensor of shape ${shapeText(info.shape)} cannot enter a graph.`,
        'Compute with float32, int32 or bool tensors.',
      );
    }
    value.usedInTrace = recording.trace;
    return sameShape(value.shape, info.shape) ? value : this.#view(value, info.shape);
  }

  /** A tensor for a result of a kernel. */
  hold(value: Value): TensorInfo {
    const dtype = tensorType(value);
    const dataId = {};
    this.#adopt(dataId, value, dtype, 1);
    return { dataId, shape: [...value.shape], dtype };
  }

  /** A value made on the host. The array is taken over, not copied. */
  stored(data: HostArray, shape: readonly number[], dtype: ElementType): Value {
    const value = new Value(dtype, shape);
    value.storage = this.#launcher.store(data);
    return value;
  }

  /** The numbers of a stored value. */
  async valuesOf(value: Value): Promise<HostArray> {
    const { storage } = value;
    return storage?.host ?? viewOf(value.dtype, await this.#device.read(storage?.handle ?? -1));
  }

  /** Sends everything pending to the device, without waiting for it. */
  launch(): void {
    this.#launch([...this.#pending]);
  }

  /**
   * Computes every live tensor and waits until it is done.
   *
   * @throws `COMPILE_FAILED` or `RUN_FAILED`, naming the TF.js op and the shapes.
   */
  async flush(): Promise<void> {
    this.launch();
    await this.#device.settle();
  }

  /** {@link OnnxBackend.flush}; the calling thread sleeps meanwhile. */
  flushSync(): void {
    this.launch();
    this.#device.settleSync();
  }

  /** Counters; waits for running work. */
  async statistics(): Promise<OnnxBackendStatistics> {
    return { ...this.#launcher.statistics(), device: await this.#device.settle() };
  }

  /** Runs the trace when it has grown past the configured length, so that it cannot grow without bound. */
  boundTrace(): void {
    if (recording.nextId - this.#launcher.traceStart < configuration().maxTraceLength) return;
    this.flushSync();
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
    if (dtype === 'string') {
      this.#buckets.set(dataId, { refCount, dtype, texts: values });
      return;
    }
    const type = elementType(dtype, shape);
    this.#adopt(dataId, this.stored(hostCopy(values, type), shape, type), dtype, refCount);
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    const { value, texts } = this.#buckets.get(dataId);
    if (!value) return texts ?? [];
    this.#launchFor(value);
    const host = value.storage?.host;
    if (host) return tensorValues(host.slice());
    return tensorValues(viewOf(value.dtype, await this.#device.read(value.storage?.handle ?? -1)));
  }

  override readSync(dataId: DataId): BackendValues {
    const { value, texts } = this.#buckets.get(dataId);
    if (!value) return texts ?? [];
    this.#launchFor(value);
    const host = value.storage?.host;
    if (host) return tensorValues(host.slice());
    return tensorValues(viewOf(value.dtype, this.#device.readSync(value.storage?.handle ?? -1)));
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#buckets.has(dataId)) return true;
    const bucket = this.#buckets.get(dataId);
    bucket.refCount--;
    if (!force && bucket.refCount > 0) return false;
    this.#buckets.delete(dataId);
    if (bucket.value) this.#release(bucket.value);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.#buckets.has(dataId) ? this.#buckets.get(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    this.#buckets.get(dataId).refCount++;
  }

  /** Gives up one reference without freeing, the counterpart of {@link OnnxBackend.incRef}. */
  decRef(dataId: DataId): void {
    if (this.#buckets.has(dataId)) this.#buckets.get(dataId).refCount--;
  }

  override numDataIds(): number {
    return this.#buckets.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override timerAvailable(): boolean {
    return true;
  }

  /** Time of running what `f` records, compilation included when it is new. */
  override async time(f: () => void): Promise<{ kernelMs: number }> {
    await this.flush();
    const start = performance.now();
    f();
    await this.flush();
    return { kernelMs: performance.now() - start };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    void this.#device.close();
  }

  #adopt(dataId: DataId, value: Value, dtype: DataType, refCount: number): void {
    const held = value.constant
      ? this.stored(value.constant.slice(), value.shape, value.dtype)
      : value;
    held.holders++;
    if (held.isPending) this.#pending.add(held);
    this.#buckets.set(dataId, { refCount, dtype, value: held });
  }

  #release(value: Value): void {
    value.holders--;
    if (value.holders > 0) return;
    this.#pending.delete(value);
    if (value.storage) this.#launcher.free(value.storage, value.usedInTrace === recording.trace);
  }

  #launchFor(value: Value): void {
    if (!value.storage) this.launch();
  }

  #launch(outputs: readonly Value[]): void {
    this.#pending.clear();
    this.#views = new Map();
    this.#launcher.launch(outputs);
  }

  #view(value: Value, shape: readonly number[]): Value {
    const views = this.#views.get(value) ?? new Map<string, Value>();
    this.#views.set(value, views);
    const key = shape.join();
    const view = views.get(key) ?? reshape(value, shape);
    views.set(key, view);
    return view;
  }
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

function elementType(dtype: DataType, shape: readonly number[]): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new OnnxBackendError(
    'UNSUPPORTED_DTYPE',
    `A ${dtype} tensor of shape ${shapeText(shape)} was given to the onnx backend.`,
    'Use float32, int32 or bool.',
  );
}

function tensorType(value: Value): 'float32' | 'int32' | 'bool' {
  if (value.dtype === 'float32' || value.dtype === 'int32' || value.dtype === 'bool')
    return value.dtype;
  throw new OnnxBackendError(
    'INVALID_KERNEL_CALL',
    `Kernel ${recording.kernel} returned a ${value.dtype} tensor of shape ${shapeText(value.shape)}.`,
    'Cast it to float32, int32 or bool in the kernel.',
  );
}

/** A copy: what the caller does to the array afterwards must not reach a graph that runs later. */
function hostCopy(values: BackendValues, dtype: 'float32' | 'int32' | 'bool'): HostArray {
  const numbers = values as ArrayLike<number>;
  if (dtype === 'float32') return new Float32Array(numbers);
  return dtype === 'int32' ? new Int32Array(numbers) : new Uint8Array(numbers);
}

function viewOf(dtype: ElementType, buffer: ArrayBuffer): HostArray {
  if (dtype === 'float32') return new Float32Array(buffer);
  if (dtype === 'int32') return new Int32Array(buffer);
  return bytesPerElement(dtype) === 1 ? new Uint8Array(buffer) : new BigInt64Array(buffer);
}

function tensorValues(data: HostArray): BackendValues {
  if (!(data instanceof BigInt64Array)) return data;
  return Float32Array.from(data, Number);
}
