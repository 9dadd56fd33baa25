import { configuration } from './configuration.js';
import { updateCommands } from './device-updates.js';
import type { Device } from './device/device.js';
import type { DeviceCommand, TensorSignature } from './device/protocol.js';
import { planTrace, type Plan } from './graph/plan.js';
import { recording } from './graph/recorder.js';
import type { HostArray, Storage, Value } from './graph/value.js';
import { encodePlan } from './onnx/encode-model.js';

/** Arrays above this size move to the device thread instead of being copied into the message. */
const TRANSFER_BYTES = 4096;

/**
 * Graphs whose operators read and write fewer elements than this, all together, run on one thread. ONNX Runtime
 * gives each graph threads of its own: with many cores and many small graphs they would be thousands.
 */
const ONE_THREAD_BELOW = 2 ** 15;

/** Plans, compiles (or finds compiled) and starts traces; owns device handles and the cache of graphs. */
export class Launcher {
  readonly #device: Device;
  /** Compiled graphs by structure; a Map keeps insertion order, so the first key is the least recently used. */
  readonly #sessions = new Map<string, number>();
  /** Freed while the current trace may still read them. */
  #freedLater: number[] = [];
  /** Freed since the last message; one message carries them all. */
  #freedNow: number[] = [];
  #nextHandle = 0;
  #nextSession = 0;
  #compiled = 0;
  #runs = 0;
  #nodesRun = 0;
  #traceStart = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  /** Id of the first node recorded after the last launch. */
  get traceStart(): number {
    return this.#traceStart;
  }

  statistics(): { compiled: number; runs: number; nodesRun: number } {
    return { compiled: this.#compiled, runs: this.#runs, nodesRun: this.#nodesRun };
  }

  /** Storage whose values wait on the host until a graph needs them. */
  store(data: HostArray): Storage {
    return { handle: this.#nextHandle++, host: data };
  }

  /** Frees storage: soon, or after the next launch when the current trace has used it. */
  free(storage: Storage, usedInTrace: boolean): void {
    if (usedInTrace) {
      this.#freedLater.push(storage.handle);
    } else if (!storage.host) {
      if (this.#freedNow.length === 0) queueMicrotask(() => this.#device.post(this.#takeFreed()));
      this.#freedNow.push(storage.handle);
    }
  }

  /** Starts computing `outputs`; afterwards each has storage. */
  launch(outputs: readonly Value[]): void {
    const commands: DeviceCommand[] = this.#takeFreed();
    const transfer: ArrayBuffer[] = [];
    if (outputs.length > 0)
      this.#run(planTrace(outputs, { deviceUpdates: true }), commands, transfer);
    if (this.#freedLater.length > 0) commands.push({ kind: 'free', handles: this.#freedLater });
    this.#freedLater = [];
    recording.trace++;
    this.#traceStart = recording.nextId;
    this.#device.post(commands, transfer);
  }

  #takeFreed(): DeviceCommand[] {
    const handles = this.#freedNow;
    this.#freedNow = [];
    return handles.length > 0 ? [{ kind: 'free', handles }] : [];
  }

  #run(plan: Plan, commands: DeviceCommand[], transfer: ArrayBuffer[]): void {
    const sources = new Set([...plan.inputs, ...plan.updates.flatMap(({ inputs }) => inputs)]);
    for (const source of sources) if (source?.storage) upload(source.storage, commands, transfer);
    const handles = new Map(plan.outputs.map((value) => [value, this.#nextHandle++]));
    if (plan.nodes.length > 0) {
      const inputs = plan.inputs.map(({ storage }) => storage?.handle ?? -1);
      const session = this.#sessionFor(plan, commands);
      commands.push({ kind: 'run', session, inputs, outputs: [...handles.values()] });
    }
    commands.push(...updateCommands(plan.updates, handles, () => this.#nextHandle++));
    const held = [...handles].filter(([value]) => value.holders > 0);
    for (const [value, handle] of held) {
      value.storage = { handle, host: undefined };
      value.node = undefined;
    }
    this.#freedLater.push(
      ...[...handles].filter(([value]) => value.holders === 0).map(([, handle]) => handle),
    );
    this.#runs++;
    this.#nodesRun += plan.nodes.length + plan.updates.length;
  }

  #sessionFor(plan: Plan, commands: DeviceCommand[]): number {
    const settings = configuration();
    const key = `${settings.threads}|${settings.executionProviders.join()}|${plan.key}`;
    const session = this.#sessions.get(key) ?? this.#compile(plan, commands);
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    for (const [oldKey, old] of this.#sessions) {
      if (this.#sessions.size <= settings.maxGraphs) break;
      this.#sessions.delete(oldKey);
      commands.push({ kind: 'release', session: old });
    }
    return session;
  }

  #compile(plan: Plan, commands: DeviceCommand[]): number {
    const session = this.#nextSession++;
    const { threads, executionProviders, profilePrefix } = configuration();
    commands.push({
      kind: 'compile',
      session,
      model: encodePlan(plan),
      settings: {
        threads: traffic(plan) < ONE_THREAD_BELOW ? 1 : threads,
        executionProviders,
        profilePrefix,
      },
      inputs: plan.inputs.map((value) => signature(value, plan)),
      outputs: plan.outputs.map((value) => signature(value, plan)),
    });
    this.#compiled++;
    return session;
  }
}

/** Elements that the operators of a plan read and write. */
function traffic({ nodes }: Plan): number {
  let elements = 0;
  for (const { inputs, outputs } of nodes) {
    for (const value of inputs) elements += value?.size ?? 0;
    for (const value of outputs) elements += value.size;
  }
  return elements;
}

function upload(storage: Storage, commands: DeviceCommand[], transfer: ArrayBuffer[]): void {
  const { host, handle } = storage;
  if (!host) return;
  commands.push({ kind: 'upload', handle, data: host });
  if (host.byteLength > TRANSFER_BYTES && host.buffer instanceof ArrayBuffer)
    transfer.push(host.buffer);
  storage.host = undefined;
}

function signature(value: Value, plan: Plan): TensorSignature {
  return { name: plan.names.get(value) ?? '', dtype: value.dtype, shape: value.shape };
}
