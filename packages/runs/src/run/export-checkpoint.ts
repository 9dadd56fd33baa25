import { VoxmimError } from '@voxmim/core';
import { checkOutputs, writeFileWhole } from '@voxmim/core/node';
import { startBackend } from '@voxmim/runtime';
import * as tf from '@tensorflow/tfjs-core';

import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { type ExportedModel, type ExportedPart, loadExported } from './exported-model.js';
import type { RunOptions } from './run-options.js';

/** What {@link exportCheckpoint} is given. */
export interface ExportOptions extends Pick<RunOptions, 'registries' | 'monitor'> {
  /** A run, or one of its checkpoints. */
  readonly run: string;
  /** The `.onnx` file to write. */
  readonly out: string;
  /** What of the model is exported. Default what its task names. */
  readonly part?: ExportedPart;
  /** Leaves the number of windows open; default false: one. Not of a reconstruction. */
  readonly dynamicBatch?: boolean;
  /** Replaces a file that is there; default false. */
  readonly force?: boolean;
}

/** What was written. */
export interface ExportResult {
  readonly checkpoint: string;
  readonly out: string;
  readonly bytes: number;
  /** `[B, D, H, W, C]` of the input `volumes`; B is 1 or open. */
  readonly inputShape: readonly number[];
  readonly outputs: readonly string[];
  /** Largest difference between the file's numbers and TF.js's, as a share of the largest number. */
  readonly difference: number;
}

/** The largest {@link ExportResult.difference} that is let pass. */
export const EXPORT_TOLERANCE = 1e-4;

/**
 * Writes a trained model as an ONNX file that any ONNX Runtime runs, with the outputs that its task names: of a
 * fine-tuning run's best checkpoint the logits of a window, of a pretraining run the encoder's feature levels,
 * shallow to deep. Axes are `[B, D, H, W, C]`. Window size, class names and preprocessing stand in the file's
 * metadata under `voxmim`, as JSON. The file is run by ONNX Runtime and compared before it is
 * written.
 *
 * @throws `FILE_EXISTS` without `force`; `NOT_FOUND`, `INVALID_FILE`, `CHECKPOINT_MISMATCH`,
 *   `BACKEND_UNAVAILABLE`, `WRITE_FAILED`; `UNSUPPORTED_CAPABILITY` when the model cannot be exported or gives other numbers
 */
export async function exportCheckpoint(options: ExportOptions): Promise<ExportResult> {
  const { run, out, dynamicBatch = false, monitor, registries = createRunRegistries() } = options;
  checkOnnxName(out);
  await checkOutputs([out], { force: options.force ?? false });
  await startBackend({ prefer: 'onnx' });
  const model = await loadExported(run, registries, options.part ?? 'outputs');
  const { crop, inChannels } = model.fields;
  try {
    monitor?.note?.(`Tracing ${model.checkpoint}`);
    const { bytes, difference } = await write(model, dynamicBatch);
    await writeFileWhole(out, bytes);
    const { checkpoint, outputs } = model;
    const result = { checkpoint, out, bytes: bytes.length, outputs, difference };
    return { ...result, inputShape: [1, ...crop, inChannels] };
  } finally {
    tf.dispose([...model.examples, ...(model.others ?? []), ...(model.checks ?? [])]);
    model.dispose();
  }
}

/** A slip of the keys must not replace a file of weights. */
function checkOnnxName(out: string): void {
  if (/\.onnx$/i.test(out)) return;
  throw new VoxmimError(
    'UNSUPPORTED_FILE',
    `Cannot write ${out}: a model is written as ONNX only.`,
    'Give a name that ends in .onnx.',
    { path: out, feature: 'output format' },
  );
}

async function write(
  { fields, facts, fn, inputNames, outputs, examples, others, checks }: ExportedModel,
  dynamicBatch: boolean,
): Promise<{ bytes: Uint8Array; difference: number }> {
  const { checkExport, exportOnnx, OnnxBackendError } = await import('@voxmim/tfjs-backend-onnx');
  const refuse = (reason: string, remedy: string, options?: ErrorOptions) =>
    new VoxmimError(
      'UNSUPPORTED_CAPABILITY',
      `The model (encoder ${fields.encoder.name}) cannot be exported: ${reason}.`,
      remedy,
      { component: fields.encoder.name, capability: 'ONNX export' },
      options,
    );
  try {
    const names = { inputNames, outputNames: outputs };
    const metadata = { voxmim: JSON.stringify(facts) };
    const open = others ? { otherInputs: others } : { dynamicBatch };
    const bytes = await exportOnnx(fn, examples, { ...names, ...open, metadata });
    const difference = await checkExport(bytes, fn, checks ?? examples, names);
    if (difference <= EXPORT_TOLERANCE) return { bytes, difference };
    throw refuse(
      `ONNX Runtime gives numbers that differ by ${difference} of the largest`,
      'Report it with the config of the run.',
    );
  } catch (error) {
    if (!(error instanceof OnnxBackendError)) throw error;
    throw refuse(error.message, 'Export it without an open batch.', { cause: error });
  }
}
