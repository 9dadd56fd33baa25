import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const SCRIPT = resolve(__dirname, '../../fixtures/mpi-process.ts');

/** Launchers that are here; Debian's names where both are installed. */
const launchers = ['mpirun.mpich', 'mpirun.openmpi', 'mpirun'].filter(
  (name) => spawnSync(name, ['--version']).status === 0,
);
const found = launchers.length > 1 ? launchers.slice(0, -1) : launchers;
if (found.length === 0)
  process.stderr.write('skipped: processes by MPI; there is no mpirun here\n');

interface Ended {
  readonly code: number | null;
  readonly out: readonly unknown[];
  readonly err: string;
  /** Everything that was said: MPICH tells on stdout what became of its processes. */
  readonly said: string;
}

function started(launcher: string, ending: string): Promise<Ended> {
  const node = [process.execPath, '--conditions=@voxmim/source', '--import', 'tsx', SCRIPT, ending];
  const child = spawn(launcher, ['-n', '2', ...node], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      OMPI_ALLOW_RUN_AS_ROOT: '1',
      OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
      OMPI_MCA_rmaps_base_oversubscribe: '1',
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  return new Promise((fulfil) => {
    child.on('close', (code) => {
      const lines = out.split('\n').filter((line) => line.startsWith('{"rank"'));
      fulfil({ code, err, said: out + err, out: lines.map((line): unknown => JSON.parse(line)) });
    });
  });
}

(found.length > 0 ? describe : describe.skip).each(found)('two processes of %s', (launcher) => {
  it('add up, gather rows and values, and end well', async () => {
    const { code, out, err } = await started(launcher, 'close');
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(out).toHaveLength(2);
    for (const told of out)
      expect(told).toMatchObject({
        sum: 2997,
        gathered: [
          [0, 0],
          [1, 1],
        ],
        count: 2,
        traffic: { sums: 1, bytes: 4000, by: 'MPI' },
      });
  });

  it.each(['throw', 'die'])('all end where one does: %s', async (ending) => {
    const { code, said } = await started(launcher, ending);
    expect(code).not.toBe(0);
    expect(said).toMatch(ending === 'throw' ? /this process fails/ : /KILLED|signal|terminated/i);
  });
});
