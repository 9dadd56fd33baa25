import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a run leaves that must not depend on kills. */
const COMPARED =
  /(model|optimizer|ema)\.safetensors$|\.nii\.gz$|evaluation\.json$|split\.json$|^v1\//;
/** What kills may leave for a moment, and the end of a run must not. The lock of a dead process locks nothing. */
const LEFT = /\.part$|\.unfinished/;

/** The files below a folder, by name, as hashes; of metrics the steps and their losses. */
export async function filesOf(root: string): Promise<Map<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found = new Map<string, string>();
  for (const entry of entries.filter((file) => file.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (name.endsWith('metrics.jsonl')) found.set(name, stepsIn(await readFile(path, 'utf8')));
    else if (COMPARED.test(name)) found.set(name, hashOf(await readFile(path)));
    else if (LEFT.test(name)) found.set(name, 'left by a kill');
  }
  return found;
}

/** The names of files that one has and the other has not, or that differ. */
export function differences(
  found: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...found.keys(), ...wanted.keys()]);
  return [...names].filter((name) => found.get(name) !== wanted.get(name)).sort();
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Every step and evaluation with its numbers; times differ, and a kill may cost the line of a checkpoint. */
function stepsIn(text: string): string {
  const lines = text.split('\n').filter(Boolean);
  const kept = lines.flatMap((line) => {
    const { event, step, loss, score } = JSON.parse(line) as Record<string, unknown>;
    return event === 'step' || event === 'evaluation'
      ? [[event, step, loss ?? score].join(' ')]
      : [];
  });
  return kept.join('\n');
}
