import * as tf from '@tensorflow/tfjs-core';

import { exchangeFailed } from './exchange-failed.js';
import { Nccl } from './nccl.js';
import type { Ranks } from './ranks.js';
import type { Transport } from './transport.js';

/** A way for tensors to the other processes that does not lead through TF.js's arrays. */
export interface FastLane {
  readonly name: string;
  sum(values: tf.Tensor1D): tf.Tensor1D;
  /** Absent where rows go the common way. */
  gatherRows?(rows: tf.Tensor2D): tf.Tensor2D;
  close(): void;
}

/**
 * What the running backend allows: NCCL between cards that PyTorch computes on, MPI on the memory of its
 * processor tensors. Collective.
 *
 * @returns undefined for backends whose tensors must be read first
 * @throws `EXCHANGE_FAILED` where some processes compute on a card and others do not; as {@link Nccl.open}
 */
export async function openFastLane(
  ranks: Ranks,
  transport: Transport,
): Promise<FastLane | undefined> {
  const backend = await runningTorch();
  const kind = backend === undefined ? 'host' : backend.onCuda ? 'cuda' : 'cpu';
  await requireOneKind(ranks, transport, kind);
  if (!backend) return undefined;
  const fill: Fill = (source, shape, by) =>
    tf.tidy(() => {
      const made = tf.engine().makeTensorFromTensorInfo(backend.fillBy(source, shape, by));
      return tf.reshape(made, shape);
    });
  if (kind === 'cpu') return overMemory(transport, fill);
  backend.torch.makeCurrent(backend.place[1]);
  const nccl = await Nccl.open(ranks, backend.installation.folder, transport);
  return {
    name: 'NCCL',
    sum: (values) =>
      fill(values, values.shape, (from, to, stream) => nccl.sum(from, to, values.size, stream)),
    gatherRows: (rows) =>
      fill(rows, [rows.shape[0] * ranks.size, rows.shape[1]], (from, to, stream) =>
        nccl.gather(from, to, rows.size, stream),
      ),
    close: () => nccl.close(),
  };
}

/** Makes a tensor whose elements come from another library. */
type Fill = <R extends tf.Rank>(
  source: tf.Tensor<R>,
  shape: tf.ShapeMap[R],
  by: (from: number, to: number, stream: number) => void,
) => tf.Tensor<R>;

function overMemory(transport: Transport, fill: Fill): FastLane | undefined {
  if (!transport.sumMemory) return undefined;
  return {
    name: transport.name,
    sum: (values) =>
      fill(values, values.shape, (from, to) => transport.sumMemory?.(from, to, values.size)),
    close: () => undefined,
  };
}

async function runningTorch() {
  if (tf.getBackend() !== 'torch') return undefined;
  const { TorchBackend } = await import('@voxmim/tfjs-backend-torch');
  const backend: unknown = tf.backend();
  return backend instanceof TorchBackend ? backend : undefined;
}

async function requireOneKind(ranks: Ranks, transport: Transport, kind: string): Promise<void> {
  const kinds = (await transport.gather(Buffer.from(kind))).map((bytes) =>
    Buffer.from(bytes).toString(),
  );
  const others = kinds.findIndex((other) => other !== kind && [other, kind].includes('cuda'));
  if (others < 0) return;
  throw exchangeFailed(
    ranks.rank,
    `Process ${ranks.rank} computes on ${kind} and process ${others} on ${String(kinds[others])}.`,
    'Give every process a card of its own, or all of them --device cpu.',
  );
}
