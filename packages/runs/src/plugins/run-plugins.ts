import { writeFileWhole } from '@voxmim/core/node';
import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is kept of a run: the files of its plugins, links resolved. */
const Remembered = z.object({ run: z.string(), plugins: z.array(z.string()) });

/** From a file of a checkpoint up to its run: `run/checkpoints/step-1/config.json`. */
const MOST_LEVELS = 4;

/**
 * Remembers which plugins a run was made with, so that later commands on it need no second consent. It
 * is kept in `$XDG_STATE_HOME/voxmim/runs` (`~/.local/state/voxmim/runs`), outside of the run folder:
 * whatever a folder says of itself could come from anybody. Where it cannot be written, the user is
 * asked again.
 */
export async function rememberPlugins(
  run: string,
  plugins: ReadonlyMap<string, string>,
  env: Environment = process.env,
): Promise<void> {
  if (plugins.size === 0) return;
  try {
    const folder = await realpath(run);
    const file = fileOf(folder, env);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const remembered = { run: folder, plugins: [...plugins.values()] };
    await writeFileWhole(file, new TextEncoder().encode(`${JSON.stringify(remembered)}\n`));
  } catch {
    // A second question is no reason to stop a run.
  }
}

/** The files of the plugins that the run of a config or checkpoint was made with on this machine. */
export async function pluginsOfRun(
  origin: string,
  env: Environment = process.env,
): Promise<readonly string[]> {
  let folder = await realpath(origin).catch(() => undefined);
  for (let level = 0; folder !== undefined && level < MOST_LEVELS; level++) {
    const text = await readFile(fileOf(folder, env), 'utf8').catch(() => undefined);
    if (text !== undefined) return parsed(text, folder);
    folder = dirname(folder);
  }
  return [];
}

function parsed(text: string, folder: string): readonly string[] {
  try {
    const { run, plugins } = Remembered.parse(JSON.parse(text));
    return run === folder ? plugins : [];
  } catch {
    return [];
  }
}

function fileOf(folder: string, env: Environment): string {
  const state = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  const name = createHash('sha256').update(folder).digest('hex');
  return join(state, 'voxmim', 'runs', `${name}.json`);
}
