import { VoxmimError, type RunMonitor } from '@voxmim/core';
import { codeOf, reasonOf } from '@voxmim/core/node';
import { CacheConfig } from '@voxmim/datasets';
import { cacheFolder } from '@voxmim/datasets/node';
import { readModelPackage, sumOf } from '@voxmim/weights';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { type HubAddress, parseHubAddress } from './hub-address.js';
import { hubClient, hubToken } from './hub-request.js';

/** What a package is called in a repository. */
export const HUB_FILE = 'model.voxmim';

/** What {@link pullPackage} is given. */
export interface PullOptions {
  /** `https://HUB/OWNER/NAME`, with `@REVISION` where it is not `main`. */
  readonly from: string;
  /** Where packages are kept; by default `hub` in voxmim's cache. */
  readonly cache?: string;
  /** Of the hub; by default from the environment. */
  readonly token?: string | undefined;
  readonly monitor?: RunMonitor;
  readonly signal?: AbortSignal;
}

/** What was pulled. */
export interface PulledPackage {
  /** A package whose every checksum was found right. */
  readonly path: string;
  readonly bytes: number;
  /** Bytes that an interrupted call had left. */
  readonly resumedAt: number;
}

/** Larger files are no packages. */
const MOST_BYTES = 2 ** 32;

/**
 * Fetches the package of a repository on a hub. What an interrupted call has left is gone on with; a file under
 * its own name is always whole and checked.
 *
 * @throws `INVALID_CONFIG` for what is no address; `NOT_FOUND`, `READ_FAILED`, `WRITE_FAILED`; `INVALID_FILE`
 *   for what is no sound package
 */
export async function pullPackage(options: PullOptions): Promise<PulledPackage> {
  const address = parseHubAddress(options.from);
  const path = packagePath(
    address,
    options.cache ?? join(cacheFolder(CacheConfig.parse({})), 'hub'),
  );
  const part = `${path}.part`;
  const resumedAt = await download(address, part, options);
  const bytes = new Uint8Array(await readFile(part));
  try {
    readModelPackage(bytes, path);
  } catch (error) {
    await rm(part, { force: true }); // going on with it would not mend it
    throw error;
  }
  await rename(part, path);
  return { path, bytes: bytes.length, resumedAt };
}

function packagePath({ endpoint, repo, revision }: HubAddress, cache: string): string {
  const hub = sumOf(new TextEncoder().encode(endpoint)).slice(0, 12);
  return join(cache, hub, ...repo.split('/'), revision, HUB_FILE);
}

/** Fetches what is missing of a part; where it began. */
async function download(
  { endpoint, repo, revision }: HubAddress,
  part: string,
  options: PullOptions,
): Promise<number> {
  const { monitor, signal } = options;
  const client = hubClient(endpoint, options.token ?? hubToken());
  const has = await sizeOf(part);
  const response = await client(`${endpoint}/${repo}/resolve/${revision}/${HUB_FILE}`, {
    ...(has > 0 && { headers: { range: `bytes=${has}-` } }),
    expected: [416],
    signal,
  });
  if (response.status === 416) {
    await response.body?.cancel();
    return has; // nothing is missing
  }
  const start = response.status === 206 ? has : 0;
  const total = start + Number(response.headers.get('content-length') ?? 0);
  await save(response, part, start, (done) =>
    monitor?.progress?.({ stage: 'pulling', done, total: Math.max(total, done), unit: 'bytes' }),
  );
  return start;
}

async function save(
  response: Response,
  part: string,
  start: number,
  onBytes: (done: number) => void,
): Promise<void> {
  try {
    await mkdir(join(part, '..'), { recursive: true });
    const file = await open(part, start > 0 ? 'a' : 'w');
    let done = start;
    try {
      for await (const chunk of response.body ?? []) {
        const bytes = chunk as Uint8Array;
        done += bytes.length;
        if (done > MOST_BYTES) throw new RangeError('it is larger than any package');
        await file.write(bytes);
        onBytes(done);
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    const isDisk = codeOf(cause) !== undefined && !(cause instanceof TypeError);
    throw new VoxmimError(
      isDisk ? 'WRITE_FAILED' : 'READ_FAILED',
      `The download to ${part} was interrupted: ${reasonOf(cause)}.`,
      'Pull it again: it goes on where it stopped.',
      { path: part },
      { cause },
    );
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
