import { isVoxmimError, VoxmimError } from '@voxmim/core';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { ViewFile, ViewFiles } from '../content/view-files.js';

/** A page that is being served. */
export interface ServedView {
  /** With the token that the page is reached by. */
  readonly url: string;
  close(): Promise<void>;
}

/** How a page is served. */
export interface ServeOptions {
  /** 0, the default: one that is free. */
  readonly port?: number;
}

const HOST = '127.0.0.1';

/**
 * Serves a page to this machine alone: on the loopback address, under a path that holds a random token, and to
 * requests that name this host, so that neither other users of the network nor other pages in the browser reach it.
 *
 * @throws `READ_FAILED` when the port cannot be had
 */
export async function serveView(
  files: ViewFiles,
  { port = 0 }: ServeOptions = {},
): Promise<ServedView> {
  const token = randomBytes(16).toString('hex');
  const hosts = new Set<string>();
  const server = createServer((request, response) => {
    void answer(request, response, { files, token, hosts });
  });
  const taken = await listen(server, port);
  for (const host of [HOST, 'localhost']) hosts.add(`${host}:${taken}`);
  return {
    url: `http://${HOST}:${taken}/${token}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Served {
  readonly files: ViewFiles;
  readonly token: string;
  readonly hosts: ReadonlySet<string>;
}

async function answer(
  { method, headers, url = '' }: IncomingMessage,
  response: ServerResponse,
  { files, token, hosts }: Served,
): Promise<void> {
  const [path = ''] = url.split('?');
  const prefix = `/${token}/`;
  const name = path.startsWith(prefix) ? path.slice(prefix.length) || 'index.html' : '';
  const file = files.get(name);
  if (!hosts.has(headers.host ?? '')) refuse(response, 403, 'This page is for this machine.');
  else if (method !== 'GET') refuse(response, 405, 'Only GET is answered.');
  else if (!file) refuse(response, 404, 'There is no such page.');
  else await send(response, file);
}

/**
 * What a page may do: nothing from elsewhere, no frames, no forms. NiiVue makes pictures of blobs; ONNX Runtime
 * compiles WebAssembly, and shares memory between threads where the page is isolated.
 */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; " +
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

async function send(response: ServerResponse, file: ViewFile): Promise<void> {
  try {
    const bytes = await file.read();
    response.writeHead(200, {
      ...HEADERS,
      'Content-Type': file.type,
      'Content-Length': bytes.length,
    });
    response.end(bytes);
  } catch (error) {
    const words = isVoxmimError(error) ? error.message : 'The file could not be made.';
    refuse(response, 500, words);
  }
}

function refuse(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(words);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portTaken(port, error)));
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

function portTaken(port: number, cause: Error): VoxmimError<'READ_FAILED'> {
  return new VoxmimError(
    'READ_FAILED',
    `The page cannot be served on port ${port}: ${cause.message}.`,
    'Give another --port, or none.',
    { path: `${HOST}:${port}` },
    { cause },
  );
}
