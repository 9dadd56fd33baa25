import { basename, resolve } from 'node:path';

import { VoxmimError, type VolumeReaders, type DatasetCase } from '@voxmim/core';

import { type Dataset, isVolumeName, listed, nothingIn, unlabeled } from '../dataset.js';
import { type FoundFile, walkFiles } from '@voxmim/formats/node';
import type { PatternLayout } from '../../layout-config.js';

/**
 * Files below a folder by pattern, those of one `{case}` belonging together.
 *
 * @throws `NOT_FOUND` where no file fits, `INVALID_DATA` where two fit one pattern and case, naming both
 */
export async function patternDataset(
  root: string,
  { images, label }: PatternLayout,
  readers: VolumeReaders,
): Promise<Dataset> {
  const isVolume = (name: string) => isVolumeName(name, readers);
  const { files, notes } = await walkFiles(root, { isVolume });
  const channels = images.map((pattern) => matching(files, pattern));
  const labels = label === undefined ? new Map<string, string>() : matching(files, label);
  const ids = new Set(channels.flatMap((channel) => [...channel.keys()]));
  const complete: DatasetCase[] = [];
  const partial: { readonly id: string }[] = [];
  for (const id of [...ids].sort()) {
    const paths = channels.flatMap((channel) => channel.get(id) ?? []);
    const labelPath = labels.get(id);
    if (paths.length < channels.length) partial.push({ id });
    else complete.push({ id, images: paths, ...(labelPath !== undefined && { label: labelPath }) });
  }
  if (complete.length === 0) throw nothingIn(root, `case with files like ${images.join(' and ')}`);
  const problems = [...unlabeled(complete), ...leftOut(partial), ...unused(labels, ids), ...notes];
  const name = basename(resolve(root));
  return { name, layout: 'pattern', root, classes: [], cases: complete, problems };
}

function leftOut(partial: readonly { readonly id: string }[]): string[] {
  if (partial.length === 0) return [];
  return [`${partial.length} cases lack an image and are left out, such as ${listed(partial)}.`];
}

function unused(labels: ReadonlyMap<string, string>, ids: ReadonlySet<string>): string[] {
  const orphans = [...labels.keys()].filter((id) => !ids.has(id)).map((id) => ({ id }));
  if (orphans.length === 0) return [];
  return [`${orphans.length} label maps have no image, such as ${listed(orphans)}.`];
}

/** Paths by case. */
function matching(files: readonly FoundFile[], pattern: string): Map<string, string> {
  const expression = expressionOf(pattern);
  const found = new Map<string, string>();
  for (const { name, path } of files) {
    const id = expression.exec(name)?.groups?.['case'];
    if (id === undefined) continue;
    const other = found.get(id);
    if (other !== undefined) {
      throw new VoxmimError(
        'INVALID_DATA',
        `${other} and ${path} both fit "${pattern}" for the case "${id}".`,
        'Make the pattern narrower.',
        { path, reason: 'two files for one case' },
      );
    }
    found.set(id, path);
  }
  return found;
}

/** `{case}` a part of a name, the same wherever it stands; `*` any part of one; `**` any folders. */
export function expressionOf(pattern: string): RegExp {
  let isCaptured = false;
  const source = pattern.replace(/\*\*\/|\*|\{case\}|[.+?^${}()|[\]\\]/g, (token) => {
    if (token === '**/') return '(?:[^/]+/)*';
    if (token === '*') return '[^/]*';
    if (token !== '{case}') return `\\${token}`;
    if (isCaptured) return '\\k<case>';
    isCaptured = true;
    return '(?<case>[^/]+?)';
  });
  return new RegExp(`^${source}$`);
}
