import { isVoxmimError } from '@voxmim/core';
import { writeModelPackage } from '@voxmim/weights';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseHubAddress } from './hub-address.js';
import { pullPackage } from './pull-package.js';
import { pushPackage } from './push-package.js';

const TOKEN = 'secret-token';
const three = [8, 8, 8] as [number, number, number];
const spread = { name: 'm', task: 'finetune', license: null };
const packed = Buffer.from(
  writeModelPackage(
    {
      manifest: {
        ...spread,
        ...{ created: '2026-01-02T03:04:05.000Z', voxmim: '0.1.0', plugins: [] },
        ...{ input: { window: three, channels: 1 }, outputs: ['logits'], labels: [] },
      },
      config: {},
      card: {
        ...{ ...spread, intendedUse: null, scores: null, limits: [] },
        data: {
          ...{ training: 1, labeled: 1, validation: 0, test: 0, modality: null, channels: 1 },
          measured: null,
        },
        size: { parameters: 1, weightsBytes: 1, onnxBytes: 1 },
        training: { steps: 1, seed: 1, encoder: 'vit', head: 'light', pretrained: false },
      },
      weights: new Uint8Array(5000).fill(7),
      onnx: Uint8Array.of(1),
    },
    'm.voxmim',
  ),
);

/** A hub in memory: files lie on another origin, as on real ones. */
const state = { stored: new Map<string, Buffer>(), files: new Map<string, Buffer>(), cut: 0 };
const seen: { url: string; authorization: string | undefined; range: string | undefined }[] = [];
let hub: Server;
let store: Server;
let root: string;

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const repo = () => `${addressOf(hub)}/clinic/liver`;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function answerHub(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '', headers } = request;
  seen.push({ url, authorization: headers.authorization, range: headers.range });
  const body = await bodyOf(request);
  if (headers.authorization !== `Bearer ${TOKEN}`) return void response.writeHead(401).end();
  if (url === '/api/repos/create') return void response.writeHead(409).end();
  if (url.endsWith('/info/lfs/objects/batch')) {
    const [{ oid }] = (JSON.parse(body.toString()) as { objects: [{ oid: string }] }).objects;
    const upload = { href: `${addressOf(store)}/${oid}`, header: { 'x-signed': 'yes' } };
    return void response.end(JSON.stringify({ objects: [{ oid, actions: { upload } }] }));
  }
  if (url.includes('/commit/')) {
    for (const line of body.toString().split('\n')) {
      const { key, value } = JSON.parse(line) as { key: string; value: Record<string, string> };
      if (key === 'file') state.files.set(value['path']!, Buffer.from(value['content']!, 'base64'));
      if (key === 'lfsFile') state.files.set(value['path']!, state.stored.get(value['oid']!)!);
    }
    return void response.end('{}');
  }
  if (!state.files.has('model.voxmim')) return void response.writeHead(404).end();
  response.writeHead(302, { location: `${addressOf(store)}/model.voxmim?signature=s` }).end();
}

async function answerStore(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '', headers, method } = request;
  seen.push({ url, authorization: headers.authorization, range: headers.range });
  if (method === 'PUT') {
    state.stored.set(url.slice(1), await bodyOf(request));
    return void response.end();
  }
  const file = state.files.get('model.voxmim') ?? Buffer.of();
  const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
  const rest = file.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
  if (state.cut === 0) return void response.end(rest);
  response.write(rest.subarray(0, state.cut), () => setTimeout(() => response.destroy(), 50));
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-hub-'));
  await writeFile(join(root, 'm.voxmim'), packed);
  hub = createServer((request, response) => void answerHub(request, response));
  store = createServer((request, response) => void answerStore(request, response));
  for (const server of [hub, store]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
});
beforeEach(() => {
  seen.length = 0;
  state.cut = 0;
});
afterAll(async () => {
  for (const server of [hub, store]) server.close();
  await rm(root, { recursive: true });
});

const pull = (cache: string, token = TOKEN) =>
  pullPackage({ from: repo(), cache: join(root, cache), token });

it('pushes a package, and pulls the same into an empty cache; the token stays with the hub', async () => {
  await pushPackage({ file: join(root, 'm.voxmim'), to: repo(), token: TOKEN });
  expect(state.files.get('README.md')?.toString()).toContain('# m');

  const { path, resumedAt } = await pull('empty');

  expect((await readFile(path)).equals(packed)).toBe(true);
  expect(resumedAt).toBe(0);
  const elsewhere = seen.filter(({ url }) => /^\/([0-9a-f]{64}|model)/.test(url));
  expect(elsewhere).toHaveLength(2);
  expect(elsewhere.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
});

it('goes on with an interrupted download, and leaves no half file under its name', async () => {
  state.cut = 1500;
  await expect(pull('cut')).rejects.toThrow(/interrupted/);
  const files = await readdir(join(root, 'cut'), { recursive: true });
  expect(files.filter((name) => name.endsWith('.voxmim'))).toEqual([]);
  state.cut = 0;
  const { path } = await pull('cut');
  await rm(path);
  await writeFile(`${path}.part`, packed.subarray(0, 1500));

  const { resumedAt } = await pull('cut');

  expect(resumedAt).toBe(1500);
  expect((await readFile(path)).equals(packed)).toBe(true);
});

it('keeps nothing of a package that is not what was packed', async () => {
  const whole = state.files.get('model.voxmim')!;
  state.files.set('model.voxmim', Buffer.from(whole.map((byte) => (byte === 7 ? 8 : byte))));
  await expect(pull('bad')).rejects.toThrow(/SHA-256/);
  expect((await readdir(join(root, 'bad'), { recursive: true })).join()).not.toMatch(/model/);
  state.files.set('model.voxmim', whole);
});

it('says that it may not see a repository, and not with which token', async () => {
  const error: unknown = await pull('none', 'wrong-token').catch((thrown: unknown) => thrown);
  if (!isVoxmimError(error, 'NOT_FOUND')) throw error;
  expect(error.message).toMatch(/401.*VOXMIM_TOKEN or HF_TOKEN/);
  expect(JSON.stringify([error.message, error.details])).not.toContain('wrong-token');
});

it('reads addresses, and takes no passwords in them', () => {
  expect(parseHubAddress('https://hub.example/sub/a/b@v1')).toEqual({
    ...{ endpoint: 'https://hub.example/sub', repo: 'a/b', revision: 'v1' },
  });
  for (const text of [
    'a/b',
    'https://hub.example/b',
    'ftp://h/a/b',
    'https://h/a/..',
    'https://h/a/b@../x',
  ]) {
    expect(() => parseHubAddress(text)).toThrow(/no address of a repository/);
  }
  expect(() => parseHubAddress('https://me:pass@h/a/b')).toThrow(/^(?!.*pass@)/);
});
