import { parseConfig, printable, VoxmimError } from '@voxmim/core';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as z from 'zod';

import { looksLikeZip, readStoredZip, ZipFault } from '../archive/read-stored-zip.js';
import { ModelCard } from './model-card.js';
import { PACKAGE_FORMAT, packageEntries, PackageManifest } from './package-manifest.js';

/** A trained model with all that using it takes: what a `.voxmim` file holds. */
export interface ModelPackage {
  readonly manifest: PackageManifest;
  /** The resolved config of the run, without its places; parse it before use. */
  readonly config: unknown;
  readonly card: ModelCard;
  /** Every entry by name, each as its checksum says. */
  readonly entries: ReadonlyMap<string, Uint8Array>;
  /** Weights for `decodeSafetensors`. */
  readonly weights: Uint8Array;
  readonly onnx: Uint8Array;
}

/** Names of entries: no folder above, no drive, nothing hidden. */
const PLAIN_NAME = /^[a-z0-9][a-z0-9._-]{0,99}(\/[a-z0-9][a-z0-9._-]{0,99})?$/i;

const Versioned = z.looseObject({ format: z.number() });

/** Whether a path is named as a package is. */
export function isPackageName(path: string): boolean {
  return /\.voxmim$/i.test(path);
}

/**
 * Reads a package, in a browser as in Node.js. Nothing of it runs, and nothing is believed: each entry must be
 * one of the manifest, plainly named, of the size and the SHA-256 that stand there, and none may be compressed,
 * so that reading takes about as much memory as the file has bytes.
 *
 * @param path named in errors
 * @throws `INVALID_FILE` for a file that is damaged, not what was packed, or no package; `UNSUPPORTED_FILE` for
 *   one of a newer format
 */
export function readModelPackage(bytes: Uint8Array, path: string): ModelPackage {
  const entries = entriesOf(bytes, path);
  const manifest = manifestOf(entries, path);
  checkEntries(manifest, entries, path);
  const json = (name: string) => parsed(needed(entries, name, path), name, path);
  return {
    manifest,
    config: json(packageEntries.config),
    card: sound(ModelCard, json(packageEntries.card), packageEntries.card, path),
    entries,
    weights: needed(entries, packageEntries.weights, path),
    onnx: needed(entries, packageEntries.onnx, path),
  };
}

function entriesOf(bytes: Uint8Array, path: string): Map<string, Uint8Array> {
  if (!looksLikeZip(bytes)) throw invalid(path, 'it is no package of voxmim package');
  try {
    return readStoredZip(bytes);
  } catch (error) {
    if (!(error instanceof ZipFault)) throw error;
    const what = error.kind === 'compressed' ? `it ${error.message}` : error.message;
    throw invalid(path, what, error.cause);
  }
}

function manifestOf(entries: ReadonlyMap<string, Uint8Array>, path: string): PackageManifest {
  const value = parsed(
    needed(entries, packageEntries.manifest, path),
    packageEntries.manifest,
    path,
  );
  const { data } = Versioned.safeParse(value);
  if (data !== undefined && data.format > PACKAGE_FORMAT) throw newer(path, data.format);
  return sound(PackageManifest, value, packageEntries.manifest, path);
}

/** Every entry is in the manifest and as it says, and the other way round. */
function checkEntries(
  manifest: PackageManifest,
  entries: ReadonlyMap<string, Uint8Array>,
  path: string,
): void {
  const listed = new Map(Object.entries(manifest.entries));
  for (const [name, content] of entries) {
    if (!PLAIN_NAME.test(name)) throw invalid(path, `an entry is called ${JSON.stringify(name)}`);
    if (name === packageEntries.manifest) continue;
    const expected = listed.get(name);
    if (!expected) throw invalid(path, `its entry ${name} is not in the manifest`);
    if (expected.bytes !== content.length || expected.sha256 !== sumOf(content)) {
      throw invalid(path, `its entry ${name} is not what was packed: the SHA-256 differs`);
    }
  }
  for (const name of listed.keys()) needed(entries, name, path);
}

/** The SHA-256 of bytes, in hexadecimal digits. */
export function sumOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

function needed(entries: ReadonlyMap<string, Uint8Array>, name: string, path: string): Uint8Array {
  const found = entries.get(name);
  if (found) return found;
  throw invalid(path, `it has no ${name}`);
}

function parsed(bytes: Uint8Array, name: string, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw invalid(path, `its ${name} is no JSON`, cause);
  }
}

function sound<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  name: string,
  path: string,
): z.infer<Schema> {
  try {
    return parseConfig(schema, value, name);
  } catch (cause) {
    const why = cause instanceof VoxmimError ? cause.problem : String(cause);
    throw invalid(path, `its ${name} says what cannot be: ${why}`, cause);
  }
}

function invalid(path: string, what: string, cause?: unknown): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} is no sound model package: ${printable(what)}.`,
    'Copy, pull or make the package again.',
    { path },
    { cause },
  );
}

function newer(path: string, format: number): VoxmimError<'UNSUPPORTED_FILE'> {
  return new VoxmimError(
    'UNSUPPORTED_FILE',
    `${path} is a package of format ${format}; this release reads up to ${PACKAGE_FORMAT}.`,
    'Update voxmim.',
    { path, feature: `package format ${format}` },
  );
}
