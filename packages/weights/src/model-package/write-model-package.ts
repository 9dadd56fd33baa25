import { VoxmimError } from '@voxmim/core';
import { zipSync } from 'fflate';

import { ModelCard } from './model-card.js';
import { modelCardText } from './model-card-text.js';
import { PACKAGE_FORMAT, packageEntries, PackageManifest } from './package-manifest.js';
import { sumOf } from './read-model-package.js';

/** What goes into a package. */
export interface PackageContent {
  readonly manifest: Omit<PackageManifest, 'format' | 'entries'>;
  readonly config: unknown;
  readonly card: ModelCard;
  readonly weights: Uint8Array;
  readonly onnx: Uint8Array;
  /** What else is packed, by entry name. */
  readonly more?: Readonly<Record<string, Uint8Array>>;
}

/** Beyond this, archives are of another kind that is not written. */
const MOST_BYTES = 2 ** 32 - 2 ** 20;

/** The same for every entry, so that the same model is the same file. */
const WHEN = new Date(1980, 0, 1);

/**
 * Writes a package: a zip archive without compression.
 *
 * @param path named in errors
 * @throws `UNSUPPORTED_CAPABILITY` for a model of 4 GiB or more
 */
export function writeModelPackage(content: PackageContent, path: string): Uint8Array {
  const { config, card, weights, onnx, more = {} } = content;
  const entries: Record<string, Uint8Array> = {
    [packageEntries.cardText]: utf8(modelCardText(card)),
    [packageEntries.config]: json(config),
    [packageEntries.card]: json(ModelCard.parse(card)),
    [packageEntries.onnx]: onnx,
    [packageEntries.weights]: weights,
    ...more,
  };
  const total = Object.values(entries).reduce((sum, { length }) => sum + length, 0);
  if (total > MOST_BYTES) throw tooLarge(path, total);
  const sums = new Map(
    Object.entries(entries).map(([name, bytes]) => [
      name,
      { bytes: bytes.length, sha256: sumOf(bytes) },
    ]),
  );
  const manifest = PackageManifest.parse({
    ...content.manifest,
    format: PACKAGE_FORMAT,
    entries: Object.fromEntries<unknown>(sums),
  });
  const all = { [packageEntries.manifest]: json(manifest), ...entries };
  return zipSync(all, { level: 0, mtime: WHEN });
}

function json(value: unknown): Uint8Array {
  return utf8(`${JSON.stringify(value, null, 2)}\n`);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function tooLarge(path: string, bytes: number): VoxmimError<'UNSUPPORTED_CAPABILITY'> {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `${path} would hold ${(bytes / 2 ** 30).toFixed(1)} GiB, and a package holds less than 4.`,
    'Share the checkpoint of the run itself.',
    { component: 'package', capability: 'models of 4 GiB' },
  );
}
