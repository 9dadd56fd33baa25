import { VoxmimError } from '@voxmim/core';

import { looksLikeZip, readStoredZip, ZipFault } from '../archive/read-stored-zip.js';
import type { StoredTensor } from '../safetensors/stored-tensor.js';
import { readTensor } from './read-tensor.js';
import { TensorStorages } from './tensor-storages.js';
import { PickledObject, unpickle, type Unpickled } from './unpickle.js';

/**
 * Reads the tensors of a file that `torch.save` wrote (`.pt`, `.pth`, `.ckpt`; PyTorch 1.6 or newer)
 * without running any of it: objects in it stay inert names. Training checkpoints hold tensors under a
 * key such as `state_dict` or `model`; the dictionary with the most tensors is taken.
 *
 * Whatever the file claims, time and memory stay a small multiple of its size.
 *
 * @param path named in errors
 * @throws `INVALID_FILE` for a damaged file or one without tensors; `UNSUPPORTED_FILE` for a
 *   compressed or older one, or for elements that have no counterpart
 */
export function decodePytorch(bytes: Uint8Array, path: string): Map<string, StoredTensor> {
  const files = entriesOf(bytes, path);
  const pickled = [...files.keys()].find((name) => name.endsWith('/data.pkl'));
  const pickle = pickled === undefined ? undefined : files.get(pickled);
  if (pickled === undefined || !pickle) throw invalid(path, 'it holds no data.pkl');
  const folder = pickled.slice(0, -'data.pkl'.length);
  const storages = new TensorStorages(
    path,
    (key) => files.get(`${folder}data/${key}`),
    bytes.byteLength,
  );
  const found = stateDictOf(unpickle(pickle, path));
  if (found.size === 0) throw invalid(path, 'it holds no dictionary of tensors');
  return new Map([...found].map(([name, tensor]) => [name, readTensor(tensor, name, storages)]));
}

/** PyTorch never compresses. */
function entriesOf(bytes: Uint8Array, path: string): Map<string, Uint8Array> {
  if (!looksLikeZip(bytes)) {
    throw unsupported(path, 'is no zip archive: PyTorch before 1.6, or another program, wrote it');
  }
  try {
    return readStoredZip(bytes);
  } catch (error) {
    if (!(error instanceof ZipFault)) throw error;
    if (error.kind === 'compressed') throw unsupported(path, error.message);
    throw invalid(path, error.message, error.cause);
  }
}

/** Of the root and the dictionaries right under it, the one with the most tensors. */
function stateDictOf(root: Unpickled): Map<string, PickledObject> {
  // A set: a file may name one dictionary a million times.
  const candidates = new Set([root, ...(root instanceof Map ? root.values() : [])]);
  return [...candidates]
    .map(tensorsIn)
    .reduce((most, found) => (found.size > most.size ? found : most));
}

function tensorsIn(value: Unpickled): Map<string, PickledObject> {
  const entries = value instanceof Map ? [...value] : [];
  return new Map(
    entries.flatMap(([name, entry]): [string, PickledObject][] =>
      typeof name === 'string' && entry instanceof PickledObject && isTensor(entry)
        ? [[name, entry]]
        : [],
    ),
  );
}

function isTensor({ callable }: PickledObject): boolean {
  return (
    callable !== null &&
    typeof callable === 'object' &&
    'name' in callable &&
    /^_rebuild_(tensor_v2|parameter)$/.test(callable.name)
  );
}

function invalid(path: string, what: string, cause?: unknown): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} is no sound PyTorch file: ${what}.`,
    'Copy or download the file again, or save its state_dict by torch.save.',
    { path },
    { cause },
  );
}

function unsupported(path: string, what: string): VoxmimError<'UNSUPPORTED_FILE'> {
  return new VoxmimError(
    'UNSUPPORTED_FILE',
    `${path} ${what}.`,
    'Load it in PyTorch and save its state_dict again by torch.save, or as safetensors.',
    { path, feature: what },
  );
}
