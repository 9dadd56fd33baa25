/**
 * The device: a thread that owns every tensor's memory and every compiled graph, and carries out commands in
 * order. A thread of its own lets the main thread read synchronously (it sleeps until the device answers),
 * and lets it trace the next step while this one computes. Plain JavaScript, checked by the TypeScript
 * compiler, because a worker must be loadable as it stands from sources and from the built package.
 */
import { workerData } from 'node:worker_threads';
import { InferenceSession, Tensor, env } from 'onnxruntime-node';
import { updateAdamW } from './adamw.mjs';
import { BufferPool } from './buffer-pool.mjs';

/** @typedef {import('./protocol.js').DeviceCommand} DeviceCommand */
/** @typedef {import('./protocol.js').DeviceFailure} DeviceFailure */
/** @typedef {import('./protocol.js').DeviceReply} DeviceReply */
/** @typedef {import('./protocol.js').TensorSignature} TensorSignature */
/** @typedef {{ session: InferenceSession, inputs: readonly TensorSignature[], outputs: readonly TensorSignature[] }} Compiled */
/** @template {DeviceCommand['kind']} K @typedef {Extract<DeviceCommand, { kind: K }>} Command */

const { port, signal } = /** @type {import('./protocol.js').DeviceWorkerData} */ (workerData);
const pool = new BufferPool();
/** @type {Map<number, ArrayBuffer>} */
const buffers = new Map();
/** @type {Map<number, DeviceFailure>} */
const failures = new Map();
/** @type {Map<number, Compiled | DeviceFailure>} */
const sessions = new Map();
/** @type {DeviceFailure | undefined} */
let unreported;
// Failures are thrown where a tensor is read; ONNX Runtime need not print them too.
env.logLevel = 'fatal';
let compileMs = 0;
let runMs = 0;

/** @type {Promise<void>} */
let queue = Promise.resolve();
port.on('message', (/** @type {readonly DeviceCommand[]} */ commands) => {
  queue = queue.then(async () => {
    for (const command of commands) await execute(command);
  });
});

/** @param {DeviceCommand} command */
async function execute(command) {
  switch (command.kind) {
    case 'upload':
      return upload(command);
    case 'compile':
      return await compile(command);
    case 'run':
      return await run(command);
    case 'adamw':
      return stepAdamW(command);
    case 'free':
      return command.handles.forEach(free);
    case 'release':
      return await release(command);
    case 'read':
      return read(command);
    case 'settle':
      return settle(command);
  }
}

/** @param {Command<'upload'>} command */
function upload({ handle, data }) {
  const buffer = pool.adopt(data);
  buffers.set(handle, buffer);
}

/** @param {Command<'compile'>} command */
async function compile({ session, model, settings, inputs, outputs }) {
  const start = performance.now();
  try {
    const created = await createSession(model, settings, session);
    sessions.set(session, { session: created, inputs, outputs });
  } catch (error) {
    sessions.set(session, await compileFailure(model, settings, error));
  }
  compileMs += performance.now() - start;
}

/**
 * @param {Uint8Array} model
 * @param {import('./protocol.js').SessionSettings} settings
 * @param {number} id
 */
async function createSession(model, { executionProviders, threads, profilePrefix }, id) {
  return await InferenceSession.create(model, {
    executionProviders: [...executionProviders],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    // The memory pattern lays out a whole run as one block: a UNETR step took half as much again, no faster.
    enableMemPattern: false,
    logSeverityLevel: 4,
    ...(profilePrefix
      ? { enableProfiling: true, profileFilePrefix: `${profilePrefix}-${id}` }
      : {}),
  });
}

/**
 * Tells a graph that is wrong from an execution provider that cannot work: the CPU compiles every right one.
 *
 * @param {Uint8Array} model
 * @param {import('./protocol.js').SessionSettings} settings
 * @param {unknown} error
 * @returns {Promise<DeviceFailure>}
 */
async function compileFailure(model, settings, error) {
  const providers = settings.executionProviders.filter((name) => name !== 'cpu');
  if (providers.length === 0) return fail('COMPILE_FAILED', error);
  try {
    const onCpu = await createSession(model, { executionProviders: ['cpu'], threads: 1 }, 0);
    await onCpu.release();
  } catch (wrong) {
    return fail('COMPILE_FAILED', wrong);
  }
  const [reason] = messageOf(error).trim().split('\n');
  const message = `The execution provider ${providers.join(', ')} cannot be used here: ${reason}.`;
  unreported = { code: 'PROVIDER_UNAVAILABLE', message, providers };
  return unreported;
}

/** @param {Command<'run'>} command */
async function run({ session, inputs, outputs }) {
  const compiled = sessions.get(session);
  const failure =
    compiled && 'code' in compiled
      ? compiled
      : inputs.map((handle) => failures.get(handle)).find((found) => found !== undefined);
  if (failure) return poison(outputs, failure);
  const start = performance.now();
  try {
    await compute(/** @type {Compiled} */ (compiled), inputs, outputs);
  } catch (error) {
    outputs.forEach(free);
    poison(outputs, fail('RUN_FAILED', error));
  }
  runMs += performance.now() - start;
}

/**
 * @param {Compiled} compiled
 * @param {readonly number[]} inputs
 * @param {readonly number[]} outputs
 */
async function compute(compiled, inputs, outputs) {
  /** @type {Record<string, Tensor>} */
  const feeds = {};
  compiled.inputs.forEach((signature, index) => {
    const buffer = buffers.get(/** @type {number} */ (inputs[index]));
    if (!buffer) throw new Error(`input ${signature.name} has no memory`);
    feeds[signature.name] = tensorOver(buffer, signature);
  });
  /** @type {Record<string, Tensor>} */
  const fetches = {};
  compiled.outputs.forEach((signature, index) => {
    const buffer = pool.take(byteLengthOf(signature));
    buffers.set(/** @type {number} */ (outputs[index]), buffer);
    fetches[signature.name] = tensorOver(buffer, signature);
  });
  await compiled.session.run(feeds, fetches);
}

/** @param {Command<'adamw'>} command */
function stepAdamW({ gradient, hyper, moved, beta1, beta2 }) {
  const handles = [gradient, hyper, ...moved.map(({ from }) => from)];
  const failure = handles.map((handle) => failures.get(handle)).find((found) => found);
  const targets = moved.map(({ to }) => to);
  if (failure) return poison(targets, failure);
  const start = performance.now();
  try {
    const [gradients, numbers] = [memoryOf(gradient), memoryOf(hyper)];
    const [param, first, second] = moved.map(moveBuffer);
    if (!param || !first || !second) throw new Error('AdamW updates three tensors');
    updateAdamW({ param, gradient: gradients, first, second }, numbers, beta1, beta2);
  } catch (error) {
    poison(targets, fail('RUN_FAILED', error));
  }
  runMs += performance.now() - start;
}

/** @param {import('./protocol.js').BufferMove} move */
function moveBuffer({ from, to, donated }) {
  const source = memoryOf(from);
  if (donated) {
    buffers.delete(from);
    buffers.set(to, source);
    return source;
  }
  const copy = pool.take(source.byteLength);
  new Uint8Array(copy).set(new Uint8Array(source));
  buffers.set(to, copy);
  return copy;
}

/** @param {number} handle */
function memoryOf(handle) {
  const buffer = buffers.get(handle);
  if (!buffer) throw new Error('a tensor has no memory');
  return buffer;
}

/** @param {number} handle */
function free(handle) {
  failures.delete(handle);
  const buffer = buffers.get(handle);
  if (!buffer) return;
  buffers.delete(handle);
  pool.give(buffer);
}

/** @param {Command<'release'>} command */
async function release({ session }) {
  const compiled = sessions.get(session);
  sessions.delete(session);
  if (compiled && 'session' in compiled) await compiled.session.release();
}

/** @param {Command<'read'>} command */
function read({ handle, request }) {
  const buffer = buffers.get(handle);
  const failure = failures.get(handle);
  if (failure && failure === unreported) unreported = undefined;
  if (buffer) {
    const data = buffer.slice(0);
    reply({ request, data }, [data]);
  } else {
    reply({
      request,
      error: failure ?? { code: 'RUN_FAILED', message: 'the tensor has no memory' },
    });
  }
}

/** @param {Command<'settle'>} command */
function settle({ request }) {
  const statistics = { ...pool.statistics(), compileMs, runMs };
  reply(unreported ? { request, statistics, error: unreported } : { request, statistics });
  unreported = undefined;
}

/**
 * @param {DeviceReply} message
 * @param {ArrayBuffer[]} [transfer]
 */
function reply(message, transfer = []) {
  port.postMessage(message, transfer);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}

/**
 * @param {DeviceFailure['code']} code
 * @param {unknown} error
 * @returns {DeviceFailure}
 */
function fail(code, error) {
  const failure = { code, message: messageOf(error) };
  unreported = failure;
  return failure;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * @param {readonly number[]} handles
 * @param {DeviceFailure} failure
 */
function poison(handles, failure) {
  for (const handle of handles) failures.set(handle, failure);
}

/**
 * @param {ArrayBuffer} buffer
 * @param {TensorSignature} signature
 */
function tensorOver(buffer, { dtype, shape }) {
  switch (dtype) {
    case 'float32':
      return new Tensor(dtype, new Float32Array(buffer), shape);
    case 'int32':
      return new Tensor(dtype, new Int32Array(buffer), shape);
    case 'int64':
      return new Tensor(dtype, new BigInt64Array(buffer), shape);
    case 'uint8':
    case 'bool':
      return new Tensor(dtype, new Uint8Array(buffer), shape);
  }
}

/** @param {TensorSignature} signature */
function byteLengthOf({ dtype, shape }) {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return size * (dtype === 'int64' ? 8 : dtype === 'float32' || dtype === 'int32' ? 4 : 1);
}
