import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import * as z from 'zod';

import type { RunRecord } from './run-record.js';

const run = promisify(execFile);
const Manifest = z.object({ version: z.string() });

/** Which voxmim this is; of a checkout the commit too, with `-dirty` where files were changed. */
export type SoftwareVersion = NonNullable<RunRecord['voxmim']>;

let known: Promise<SoftwareVersion> | undefined;

/** The version of this package, and in a checkout of its sources the commit. */
export function softwareVersion(): Promise<SoftwareVersion> {
  return (known ??= find());
}

async function find(): Promise<SoftwareVersion> {
  const { version } = Manifest.parse(createRequire(import.meta.url)('../../package.json'));
  const here = dirname(fileURLToPath(import.meta.url));
  // Installed, it lies in the checkout of somebody else at most.
  if (here.includes('node_modules')) return { version };
  const words = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
  return run('git', words, { cwd: here, timeout: 5000 }).then(
    ({ stdout }) => ({ version, commit: stdout.trim() }),
    () => ({ version }), // no git, or no checkout
  );
}
