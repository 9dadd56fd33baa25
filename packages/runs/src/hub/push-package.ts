import { parseConfig, VoxmimError, type RunMonitor } from '@voxmim/core';
import { packageEntries, readModelPackage, sumOf } from '@voxmim/weights';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';

import { parseHubAddress, type HubAddress } from './hub-address.js';
import { hubClient, type HubClient, hubToken } from './hub-request.js';
import { HUB_FILE } from './pull-package.js';

/** What {@link pushPackage} is given. */
export interface PushOptions {
  /** A `.voxmim` file. */
  readonly file: string;
  /** `https://HUB/OWNER/NAME`; it is made, private, where it is not there. */
  readonly to: string;
  /** Of the hub; by default from the environment. */
  readonly token?: string | undefined;
  readonly monitor?: RunMonitor;
}

/** What was pushed. */
export interface PushedPackage {
  /** Where it can be pulled from. */
  readonly url: string;
  readonly bytes: number;
}

/** What a hub answers to an offer of a large file; without actions it has it already. */
const Offer = z.looseObject({
  objects: z
    .array(
      z.looseObject({
        error: z.looseObject({ message: z.string() }).optional(),
        actions: z
          .looseObject({
            upload: z.looseObject({
              href: z.string(),
              header: z.record(z.string(), z.string()).default({}),
            }),
          })
          .optional(),
      }),
    )
    .min(1),
});

/**
 * Uploads a package and its card to a repository on a hub, in one commit: until that is made nothing of it
 * shows, so an interrupted upload leaves nothing half.
 *
 * @throws `INVALID_CONFIG` for what is no address; `INVALID_FILE` for what is no sound package; `NOT_FOUND`
 *   where the token does not open the repository; `READ_FAILED` for other refusals and a network that fails
 */
export async function pushPackage({ file, to, ...options }: PushOptions): Promise<PushedPackage> {
  const address = parseHubAddress(to);
  const bytes = await packageBytes(file);
  const { entries } = readModelPackage(bytes, file);
  const client = hubClient(address.endpoint, options.token ?? hubToken());
  const oid = sumOf(bytes);
  await makeRepo(client, address);
  await upload(client, address, bytes, oid);
  const card = Buffer.from(entries.get(packageEntries.cardText) ?? []).toString('base64');
  const lines = [
    { key: 'header', value: { summary: 'Add a model package', description: '' } },
    { key: 'file', value: { path: 'README.md', content: card, encoding: 'base64' } },
    { key: 'lfsFile', value: { path: HUB_FILE, algo: 'sha256', oid, size: bytes.length } },
  ];
  const { endpoint, repo, revision } = address;
  await client(`${endpoint}/api/models/${repo}/commit/${revision}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  return { url: `${endpoint}/${repo}`, bytes: bytes.length };
}

async function packageBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    const remedy = 'Make one by voxmim package.';
    throw new VoxmimError(
      'NOT_FOUND',
      `${file} cannot be read.`,
      remedy,
      { path: file },
      { cause },
    );
  });
  return Uint8Array.from(bytes);
}

/** Private: who shares a model with everybody says so on the hub. */
async function makeRepo(client: HubClient, { endpoint, repo }: HubAddress): Promise<void> {
  const [organization, name] = repo.split('/');
  await client(`${endpoint}/api/repos/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'model', name, organization, private: true }),
    expected: [409], // it is there
  });
}

async function upload(
  client: HubClient,
  { endpoint, repo, revision }: HubAddress,
  bytes: Uint8Array<ArrayBuffer>,
  oid: string,
): Promise<void> {
  const url = `${endpoint}/${repo}.git/info/lfs/objects/batch`;
  const kind = 'application/vnd.git-lfs+json';
  const response = await client(url, {
    method: 'POST',
    headers: { accept: kind, 'content-type': kind },
    body: JSON.stringify({
      operation: 'upload',
      transfers: ['basic'],
      hash_algo: 'sha_256',
      ref: { name: revision },
      objects: [{ oid, size: bytes.length }],
    }),
  });
  const offer: unknown = await response.json().catch(() => undefined);
  const [object] = parseConfig(Offer, offer, url, 'Is this the address of a hub?').objects;
  if (object?.error) throw refusedUpload(url, object.error.message);
  const target = object?.actions?.upload;
  if (!target) return; // the hub has it
  await client(target.href, { method: 'PUT', headers: target.header, body: bytes });
}

function refusedUpload(url: string, message: string): VoxmimError<'READ_FAILED'> {
  return new VoxmimError(
    'READ_FAILED',
    `${url} refuses the file: ${message.slice(0, 200)}.`,
    'Check the size that the hub takes, and your rights there.',
    { path: url },
  );
}
