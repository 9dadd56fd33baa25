import { VoxmimError } from '@voxmim/core';
import { readIfThere, writeFileWhole } from '@voxmim/core/node';
import { findCheckpoint, readJsonlLog, stepFolders } from '@voxmim/training/node';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod';

import { removeOwnFiles } from './own-files.js';
import { checkUnlocked, lockFolder } from './run-lock.js';

/** Files and folders of a run, by what they hold. */
const ENTRIES = {
  config: 'config.yaml',
  split: 'split.json',
  record: 'run.json',
  metrics: 'metrics.jsonl',
  tensorBoard: 'tensorboard',
  checkpoints: 'checkpoints',
  transfer: 'transfer.txt',
  evaluation: 'evaluation.json',
  evaluationTable: 'evaluation.txt',
  predictions: 'predictions',
  reconstructions: 'reconstructions',
  report: 'report.html',
  reportContent: 'report.json',
} as const;

/** What is made of the rest, and no longer true once a run goes on. */
const DERIVED = [
  ENTRIES.report,
  ENTRIES.reportContent,
  ENTRIES.evaluation,
  ENTRIES.evaluationTable,
];

/** How an output folder that may already hold a run is treated. */
export interface RunFolderOptions {
  /** Goes on with the run that is there; where there is none, a new one starts. */
  readonly resume?: boolean;
  /** Removes the run that is there: what it wrote, and nothing else. */
  readonly force?: boolean;
}

/** What a run begins with, and what it needs to go on. */
export interface RunBeginning {
  /** The resolved config. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly split: unknown;
}

/**
 * An output folder that belongs to one run, and while it is open to this process.
 *
 * `config.yaml` makes a folder a run and is written last, `run.json` tells that what is there is ours and is
 * written first: whenever the process is killed, the folder holds either a run that can go on, or the beginning
 * of one that has not learned anything yet and starts anew.
 */
export class RunFolder {
  /** Undefined where another process has the folder, and this one writes nothing. */
  readonly #release: (() => Promise<void>) | undefined;

  private constructor(
    readonly root: string,
    /** Whether it holds a run to go on with. */
    readonly resumed: boolean,
    release?: () => Promise<void>,
  ) {
    this.#release = release;
  }

  /** The folder as a process sees it that trains with the one that has opened it: it writes nothing. */
  static follow(root: string, resumed: boolean): RunFolder {
    return new RunFolder(root, resumed);
  }

  /**
   * Whether `root` may be taken for a run. Touches nothing.
   *
   * @returns whether it holds a run to go on with
   * @throws `RUN_EXISTS` without `resume` or `force`; `FILE_EXISTS` for a folder with files of somebody else
   *   under the names of ours; `RUN_LOCKED`
   */
  static async check(root: string, options: RunFolderOptions): Promise<boolean> {
    await checkUnlocked(root);
    return checkFiles(root, options);
  }

  /**
   * Takes a folder for a run, making it where it is missing. Close it when the run ends.
   *
   * @throws as {@link check}; `WRITE_FAILED`
   */
  static async open(root: string, options: RunFolderOptions): Promise<RunFolder> {
    const release = await lockFolder(root);
    try {
      const resumed = await checkFiles(root, options);
      for (const entry of resumed ? DERIVED : []) await rm(join(root, entry), { force: true });
      return new RunFolder(root, resumed, release);
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Lets another process have the folder. */
  async close(): Promise<void> {
    await this.#release?.();
  }

  /**
   * Makes the folder a run. Of one that goes on, the config is written anew; of another that was there, what it
   * wrote is removed first.
   *
   * @param writeRecord writes `run.json`
   */
  async begin({ config, split }: RunBeginning, writeRecord: () => Promise<void>): Promise<void> {
    if (!this.#release) return;
    if (!this.resumed) {
      // Without its config it is no run any more, whatever of it is left when a kill comes.
      await rm(this.path('config'), { force: true });
      await removeOwnFiles(this.root);
    }
    await writeRecord();
    await this.writeJson('split', split);
    await this.writeText('config', stringify(config));
  }

  /** The path of one of its entries. */
  path(entry: keyof typeof ENTRIES, ...more: readonly string[]): string {
    return join(this.root, ENTRIES[entry], ...more);
  }

  /**
   * The checkpoint to go on from; undefined where the run was stopped before it saved one.
   *
   * @throws `NOT_FOUND` where it had saved some and they are gone: starting over would pass for going on
   */
  async checkpoint(): Promise<string | undefined> {
    return this.resumed ? savedCheckpoint(this.root) : undefined;
  }

  /** Writes a JSON file, whole or not at all. */
  async writeJson(entry: keyof typeof ENTRIES, value: unknown): Promise<void> {
    if (this.#release)
      await writeFileWhole(this.path(entry), `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Writes a text file, whole or not at all. */
  async writeText(entry: keyof typeof ENTRIES, text: string): Promise<void> {
    if (this.#release)
      await writeFileWhole(this.path(entry), text.endsWith('\n') ? text : `${text}\n`);
  }
}

async function checkFiles(
  root: string,
  { resume = false, force = false }: RunFolderOptions,
): Promise<boolean> {
  if (!(await isOurs(root))) {
    await checkForeign(root);
    return false;
  }
  const exists = await holdsRun(root);
  if (exists && !resume && !force) throw runExists(root);
  return exists && resume;
}

/** Where an entry of the run at `root` lies. */
export function runEntry(root: string, entry: keyof typeof ENTRIES): string {
  return join(root, ENTRIES[entry]);
}

/** Whether a folder holds a run. */
export async function holdsRun(root: string): Promise<boolean> {
  return pathExists(runEntry(root, 'config'));
}

/** Whether a file or folder is there. */
export async function pathExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * The checkpoint that the run in a folder goes on from; undefined where it was stopped before it saved one.
 *
 * @throws `NOT_FOUND` where it had saved some and they are gone
 */
export async function savedCheckpoint(root: string): Promise<string | undefined> {
  const folder = runEntry(root, 'checkpoints');
  if ((await stepFolders(folder)).length > 0) return findCheckpoint(folder);
  const lines = await readJsonlLog(runEntry(root, 'metrics'));
  const saved = lines.filter(({ event }) => event === 'checkpoint').at(-1);
  if (saved === undefined) return undefined;
  throw new VoxmimError(
    'NOT_FOUND',
    `The run in ${root} had saved a checkpoint after step ${saved.step}, and ${folder} holds none.`,
    'Put the folder step-… back, or start anew by --force.',
    { path: folder },
  );
}

/** The resolved config of the run at `root`, as data. @throws `NOT_FOUND`, `INVALID_FILE`, `READ_FAILED` */
export async function readConfig(root: string): Promise<Readonly<Record<string, unknown>>> {
  const path = runEntry(root, 'config');
  const text = await readIfThere(path);
  if (text === undefined) throw noRun(root);
  const config = parsedYaml(text);
  if (isRecord(config)) return config;
  throw new VoxmimError(
    'INVALID_FILE',
    `${path} holds no fields.`,
    'Restore the file or start the run anew with --force.',
    { path },
  );
}

function parsedYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined; // cut off, or no text at all
  }
}

/** What `config.yaml` holds at least, whatever the task. */
const RunConfigAtLeast = z.looseObject({
  task: z.string(),
  seed: z.number(),
  steps: z.number(),
  encoder: z.looseObject({ name: z.string() }),
});

/** What `run.json` holds at least. */
const Ours = z.looseObject({ task: z.string(), status: z.string() });

/**
 * Whether what is in a folder was written by a run: its record says so, or where that is damaged, a config of a
 * run beside what runs leave. Others have files called config.yaml, checkpoints and predictions too.
 */
async function isOurs(root: string): Promise<boolean> {
  const record = parsedYaml((await readIfThere(runEntry(root, 'record'))) ?? '');
  if (Ours.safeParse(record).success) return true;
  const config = parsedYaml((await readIfThere(runEntry(root, 'config'))) ?? '');
  if (!RunConfigAtLeast.safeParse(config).success) return false;
  const lines = await readJsonlLog(runEntry(root, 'metrics'));
  return lines.length > 0 || (await stepFolders(runEntry(root, 'checkpoints'))).length > 0;
}

/** Refuses a folder of somebody else that has what a run would write over. */
async function checkForeign(root: string): Promise<void> {
  const found: string[] = [];
  for (const name of Object.values(ENTRIES)) {
    if (await pathExists(join(root, name))) found.push(name);
  }
  const [first] = found;
  if (first === undefined) return;
  throw new VoxmimError(
    'FILE_EXISTS',
    `${root} is no run of voxmim, and holds ${found.join(', ')}: names that a run writes to.`,
    'Write elsewhere by --out.',
    { path: join(root, first) },
  );
}

function noRun(root: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `${root} holds no run.`,
    'Give the output folder of a voxmim run.',
    { path: root },
  );
}

function runExists(root: string): VoxmimError<'RUN_EXISTS'> {
  return new VoxmimError(
    'RUN_EXISTS',
    `${root} already holds a run.`,
    `Go on with it by voxmim resume ${root}, replace it by --force, or write elsewhere by --out.`,
    { path: root },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
