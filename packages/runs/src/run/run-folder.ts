import { VoxmimError } from '@voxmim/core';
import { writeFileWhole } from '@voxmim/core/node';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';

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
const DERIVED = [ENTRIES.report, ENTRIES.reportContent];

/** How an output folder that may already hold a run is treated. */
export interface RunFolderOptions {
  /** Goes on with the run that is there; where there is none, a new one starts. */
  readonly resume?: boolean;
  /** Removes the run that is there. */
  readonly force?: boolean;
}

/** An output folder that belongs to one run. */
export class RunFolder {
  private constructor(
    readonly root: string,
    /** Whether it holds a run to go on with. */
    readonly resumed: boolean,
  ) {}

  /**
   * Whether `root` may be taken for a run. Touches nothing.
   *
   * @returns whether it holds a run to go on with
   * @throws `RUN_EXISTS` without `resume` or `force`
   */
  static async check(
    root: string,
    { resume = false, force = false }: RunFolderOptions,
  ): Promise<boolean> {
    const exists = await holdsRun(root);
    if (exists && !resume && !force) throw runExists(root);
    return exists && resume;
  }

  /**
   * Takes a folder for a run, making it where it is missing.
   *
   * @param config the resolved config; saved as `config.yaml`
   * @throws `RUN_EXISTS`; `INVALID_CONFIG` when the run to resume had another config (only `steps`,
   *   the backend and logging may change); `WRITE_FAILED`
   */
  static async open(
    root: string,
    config: Readonly<Record<string, unknown>>,
    options: RunFolderOptions,
  ): Promise<RunFolder> {
    const resumed = await RunFolder.check(root, options);
    if (resumed) checkSameConfig(root, config, await readConfig(root));
    await clear(root, resumed ? DERIVED : Object.values(ENTRIES));
    await makeFolder(root);
    const folder = new RunFolder(root, resumed);
    await folder.writeText('config', stringify(config));
    return folder;
  }

  /** The path of one of its entries. */
  path(entry: keyof typeof ENTRIES, ...more: readonly string[]): string {
    return join(this.root, ENTRIES[entry], ...more);
  }

  /** Whether there is a checkpoint to go on from. */
  async hasCheckpoint(): Promise<boolean> {
    return this.resumed && (await pathExists(this.path('checkpoints', 'last')));
  }

  /** Writes a JSON file, whole or not at all. */
  async writeJson(entry: keyof typeof ENTRIES, value: unknown): Promise<void> {
    await writeFileWhole(
      this.path(entry),
      new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`),
    );
  }

  /** Writes a text file, whole or not at all. */
  async writeText(entry: keyof typeof ENTRIES, text: string): Promise<void> {
    await writeFileWhole(
      this.path(entry),
      new TextEncoder().encode(text.endsWith('\n') ? text : `${text}\n`),
    );
  }
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

/** The resolved config of the run at `root`, as data. */
export async function readConfig(root: string): Promise<Readonly<Record<string, unknown>>> {
  const path = runEntry(root, 'config');
  try {
    const config: unknown = parse(await readFile(path, 'utf8'));
    if (isRecord(config)) return config;
  } catch (error) {
    throw new VoxmimError(
      'NOT_FOUND',
      `${root} holds no run: ${String(error)}`,
      'Give the output folder of a voxmim run.',
      { path: root },
      { cause: error },
    );
  }
  throw new VoxmimError(
    'INVALID_FILE',
    `${path} holds no fields.`,
    'Restore the file or start the run anew with --force.',
    { path },
  );
}

const MAY_CHANGE = new Set([
  'steps',
  'tensorBoard',
  'backend',
  'device',
  'precision',
  'threads',
  'plugins',
]);
/** Under `data`: how it is loaded, not what. */
const LOADING = new Set(['cacheMiB', 'cache', 'workers']);

/** The fields in which a config differs from that of a run, less those that a resumed run may change. */
export function changedFields(
  wanted: Readonly<Record<string, unknown>>,
  saved: Readonly<Record<string, unknown>>,
): string[] {
  const now = plainOf(wanted);
  return [...new Set([...Object.keys(now), ...Object.keys(saved)])].filter(
    (key) =>
      !MAY_CHANGE.has(key) && !isDeepStrictEqual(whatIsLoaded(now[key]), whatIsLoaded(saved[key])),
  );
}

/** A config as a file would give it back. */
function plainOf(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const plain: unknown = parse(stringify(config));
  return isRecord(plain) ? plain : {};
}

function checkSameConfig(
  root: string,
  wanted: Readonly<Record<string, unknown>>,
  saved: Readonly<Record<string, unknown>>,
): void {
  const changed = changedFields(wanted, saved);
  const [first] = changed;
  if (first === undefined) return;
  const now = plainOf(wanted);
  throw new VoxmimError(
    'INVALID_CONFIG',
    `The run in ${root} has another config: ${changed.join(', ')} changed, ` +
      `such as ${first} from ${JSON.stringify(saved[first])} to ${JSON.stringify(now[first])}.`,
    'Resume with the config it was started with (config.yaml in the run), or write to another folder.',
    { path: first, received: now[first] },
  );
}

/** A field without those that only say how data are loaded; no other field has these names. */
function whatIsLoaded(field: unknown): unknown {
  if (!isRecord(field)) return field;
  return Object.fromEntries(Object.entries(field).filter(([key]) => !LOADING.has(key)));
}

function runExists(root: string): VoxmimError<'RUN_EXISTS'> {
  return new VoxmimError(
    'RUN_EXISTS',
    `${root} already holds a run.`,
    'Go on with it by --resume, replace it by --force, or write elsewhere by --out.',
    { path: root },
  );
}

async function clear(root: string, entries: readonly string[]): Promise<void> {
  for (const entry of entries) {
    await rm(join(root, entry), { recursive: true, force: true });
  }
}

async function makeFolder(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
  } catch (error) {
    throw new VoxmimError(
      'WRITE_FAILED',
      `${root} cannot be made: ${String(error)}`,
      'Choose a folder that you may write to by --out.',
      { path: root },
      { cause: error },
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
