import { request } from 'node:http';

import { viewFile } from '../content/view-files.js';
import { type ServedView, serveView } from './serve-view.js';

let view: ServedView;
beforeAll(async () => {
  const bytes = (text: string) => async () => new TextEncoder().encode(text);
  view = await serveView(
    new Map([
      viewFile('index.html', bytes('<p>page</p>')),
      viewFile('volumes/0-image.nii.gz', bytes('voxels')),
      viewFile('broken.json', async () => Promise.reject(new TypeError('/home/somebody/secret'))),
    ]),
  );
});
afterAll(async () => view.close());

/** As `fetch`, but for names of hosts and paths that it would tidy up. */
async function ask(
  path: string,
  { method = 'GET', host }: { method?: string; host?: string } = {},
): Promise<{ status: number | undefined; body: string; type: string | undefined }> {
  const { hostname, port } = new URL(view.url);
  return new Promise((resolve, reject) => {
    const asked = request(
      { hostname, port, path, method, ...(host !== undefined && { headers: { host } }) },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => (body += part));
        response.on('end', () =>
          resolve({ status: response.statusCode, body, type: response.headers['content-type'] }),
        );
      },
    );
    asked.on('error', reject).end();
  });
}

it('serves what the view has, under a path that nobody can guess', async () => {
  const { pathname, hostname } = new URL(view.url);

  expect(hostname).toBe('127.0.0.1');
  expect(pathname).toMatch(/^\/[0-9a-f]{32}\/$/);
  expect(await ask(pathname)).toMatchObject({ status: 200, body: '<p>page</p>' });
  expect(await ask(`${pathname}volumes/0-image.nii.gz?x=1`)).toMatchObject({ body: 'voxels' });
  expect((await ask(pathname)).type).toContain('text/html');
});

it.each(['/', '/index.html', '/0123/index.html'])(
  'tells nothing without the token: %s',
  async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: 'There is no such page.' });
  },
);

it.each(['../', '..%2f', '%2e%2e/', 'volumes/../../', '/', '//'])(
  'has no way out of the view: %s',
  async (way) => {
    const { pathname } = new URL(view.url);

    expect((await ask(`${pathname}${way}etc/passwd`)).status).toBe(404);
  },
);

it('answers GET alone, and this machine’s own names alone, so that no page elsewhere reaches it', async () => {
  const { pathname, port } = new URL(view.url);

  expect((await ask(pathname, { method: 'POST' })).status).toBe(405);
  expect((await ask(pathname, { host: `evil.example:${port}` })).status).toBe(403);
  expect((await ask(pathname, { host: `localhost:${port}` })).status).toBe(200);
});

it('says of a failure nothing that is not meant for users', async () => {
  const { pathname } = new URL(view.url);

  const { status, body } = await ask(`${pathname}broken.json`);

  expect([status, body]).toEqual([500, 'The file could not be made.']);
});
