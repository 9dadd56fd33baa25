import { fileURLToPath } from 'node:url';
import {
  MessageChannel,
  Worker,
  receiveMessageOnPort,
  type MessagePort,
} from 'node:worker_threads';
import { OnnxBackendError } from '../error.js';
import { requirementsOf } from '../execution-providers.js';
import type { DeviceCommand, DeviceFailure, DeviceReply, DeviceStatistics } from './protocol.js';

interface Waiting {
  readonly resolve: (reply: DeviceReply) => void;
  readonly reject: (error: Error) => void;
}

const REMEDIES = {
  COMPILE_FAILED: 'Check the shapes and types of the op it names.',
  RUN_FAILED: 'Check the values (indices, shapes) given to the op it names.',
} as const;

/** The main thread's end of the device thread, which starts at the first command. */
export class Device {
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #nextRequest = 0;
  #closed = false;

  /** Sends commands without waiting; failures come with the next reply that they concern. */
  post(commands: readonly DeviceCommand[], transfer: readonly ArrayBuffer[] = []): void {
    if (commands.length > 0) this.#open().postMessage(commands, [...transfer]);
  }

  /** Bytes of a tensor, when the device has computed it. The event loop stays free meanwhile. */
  async read(handle: number): Promise<ArrayBuffer> {
    return dataOf(await this.#ask((request) => ({ kind: 'read', handle, request })));
  }

  /** Bytes of a tensor; the calling thread sleeps until the device has computed it. */
  readSync(handle: number): ArrayBuffer {
    return dataOf(this.#askSync((request) => ({ kind: 'read', handle, request })));
  }

  /** Resolves when everything sent so far is done; rejects with a failure that no read has reported. */
  async settle(): Promise<DeviceStatistics | undefined> {
    return settled(await this.#ask((request) => ({ kind: 'settle', request })));
  }

  /** {@link Device.settle}, sleeping. */
  settleSync(): DeviceStatistics | undefined {
    return settled(this.#askSync((request) => ({ kind: 'settle', request })));
  }

  /** Ends the thread; whatever is unread is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    const closed = new OnnxBackendError(
      'CLOSED',
      'The onnx backend was disposed.',
      'Register it again.',
    );
    for (const { reject } of this.#waiting.values()) reject(closed);
    this.#waiting.clear();
    this.#port?.close();
    await this.#worker?.terminate();
  }

  async #ask(command: (request: number) => DeviceCommand): Promise<DeviceReply> {
    const port = this.#open();
    const request = this.#nextRequest++;
    return await new Promise<DeviceReply>((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      port.ref();
      port.postMessage([command(request)]);
    });
  }

  #askSync(command: (request: number) => DeviceCommand): DeviceReply {
    const port = this.#open();
    const request = this.#nextRequest++;
    port.postMessage([command(request)]);
    for (;;) {
      const seen = Atomics.load(this.#signal, 0);
      for (let message = receive(port); message; message = receive(port)) {
        if (message.request === request) return message;
        this.#deliver(message);
      }
      Atomics.wait(this.#signal, 0, seen);
    }
  }

  #open(): MessagePort {
    if (this.#closed) {
      throw new OnnxBackendError('CLOSED', 'The onnx backend was disposed.', 'Register it again.');
    }
    this.#port ??= this.#start();
    return this.#port;
  }

  #start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#worker = new Worker(fileURLToPath(new URL('./device-worker.mjs', import.meta.url)), {
      workerData: { port: port2, signal: this.#signal },
      transferList: [port2],
    });
    this.#worker.unref();
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
    port1.on('message', (reply: DeviceReply) => {
      this.#deliver(reply);
    });
    port1.unref();
    return port1;
  }

  #deliver(reply: DeviceReply): void {
    this.#waiting.get(reply.request)?.resolve(reply);
    this.#waiting.delete(reply.request);
    if (this.#waiting.size === 0) this.#port?.unref();
  }
}

function receive(port: MessagePort): DeviceReply | undefined {
  const received = receiveMessageOnPort(port) as { message: DeviceReply } | undefined;
  return received?.message;
}

function dataOf(reply: DeviceReply): ArrayBuffer {
  if (reply.data) return reply.data;
  throw errorOf(reply.error ?? { code: 'RUN_FAILED', message: 'the device sent no data' });
}

function settled(reply: DeviceReply): DeviceStatistics | undefined {
  if (reply.error) throw errorOf(reply.error);
  return reply.statistics;
}

function errorOf({ code, message, providers = [] }: DeviceFailure): OnnxBackendError {
  const remedy = code === 'PROVIDER_UNAVAILABLE' ? requirementsOf(providers) : REMEDIES[code];
  return new OnnxBackendError(code, message, remedy);
}
