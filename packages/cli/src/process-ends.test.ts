import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The command as it is installed, so that pipes and signals are real. */
const VOXMIM = join(__dirname, '../bin/voxmim.js');
let root: string;

beforeAll(async () => void (root = await mkdtemp(join(tmpdir(), 'voxmim-ends-'))));
afterAll(() => rm(root, { recursive: true, force: true }));

/** What a process said on stderr, and how it ended. */
async function ended(child: ChildProcess) {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((fulfil) =>
    child.on('close', (...how) => fulfil(how)),
  );
  return { code, signal, said };
}

it.each([['schema', 'pretrain'], ['--help'], ['inspect', '/nowhere', '--json']])(
  'a reader that goes away ends %s without a word of Node',
  async (...argv) => {
    const child = spawn(process.execPath, [VOXMIM, ...argv]);
    child.stdout.destroy();
    const { signal, said } = await ended(child);
    expect(signal).toBe(null);
    expect(said).not.toMatch(/EPIPE|Unhandled|node:events/);
  },
  60_000,
);

it('a command that has nothing to save ends at once by SIGTERM', async () => {
  const child = spawn(process.execPath, [VOXMIM, 'phantom', join(root, 'data'), '--count', '500']);
  child.stderr.once('data', () => child.kill('SIGTERM'));
  expect(await ended(child)).toMatchObject({ code: null, signal: 'SIGTERM' });
}, 60_000);
