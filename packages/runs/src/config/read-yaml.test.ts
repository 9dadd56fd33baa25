import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readYaml } from './read-yaml.js';

let path: string;
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-yaml-'));
  path = join(root, 'run.yaml');
});
afterEach(() => rm(root, { recursive: true, force: true }));

it.each([
  ['aliases of aliases', () => bomb(12)],
  ['brackets without end', () => '['.repeat(20_000)],
  ['an alias of nothing', () => 'a: *b'],
  ['no text at all', () => '\0\u0001\u0002: - ]'],
])('names the file of a bomb: %s', async (_, text) => {
  await writeFile(path, text());
  await expect(readYaml(path)).rejects.toMatchObject({ code: 'INVALID_FILE', details: { path } });
});

it('reads a few aliases, and JSON', async () => {
  await writeFile(path, 'a: &crop [8, 8]\nb: *crop\nc: *crop');
  expect(await readYaml(path)).toEqual({ a: [8, 8], b: [8, 8], c: [8, 8] });
  await writeFile(path, '{"a": [1]}');
  expect(await readYaml(path)).toEqual({ a: [1] });
});

/** Each line names the one before ten times. */
function bomb(lines: number): string {
  const names = Array.from({ length: lines }, (_, index) => `a${index}`);
  return names
    .map((name, index) => {
      const items =
        index === 0
          ? 'x'
          : Array(10)
              .fill(`*a${index - 1}`)
              .join(', ');
      return `${name}: &${name} [${items}]`;
    })
    .join('\n');
}
