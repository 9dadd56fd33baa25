import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isVoxmimError } from '../errors.js';

import { checkOutputs, outputPath } from './check-outputs.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-outputs-'));
  await mkdir(join(root, 'scans'));
  await writeFile(join(root, 'scans/a.nii.gz'), 'a scan');
});
afterEach(() => rm(root, { recursive: true }));

const scan = () => join(root, 'scans/a.nii.gz');

async function refused(paths: string[], options: Parameters<typeof checkOutputs>[1]) {
  const error: unknown = await checkOutputs(paths, options).catch((thrown: unknown) => thrown);
  return isVoxmimError(error, 'FILE_EXISTS') ? error.problem : error;
}

it('never lets what is read be replaced, whatever it is called', async () => {
  await symlink(join(root, 'scans'), join(root, 'linked'));
  await link(scan(), join(root, 'same.nii.gz'));
  for (const path of [scan(), join(root, 'linked/a.nii.gz'), join(root, 'same.nii.gz')]) {
    expect(await refused([path], { reads: [scan()], force: true })).toContain('that is read');
  }
});

it('lets other files be replaced by force only, and names the first', async () => {
  await writeFile(join(root, 'b.nii.gz'), 'a map');
  const paths = [join(root, 'new.nii.gz'), join(root, 'b.nii.gz')];
  expect(await refused(paths, { reads: [scan()] })).toBe(`${paths[1]} is there already.`);
  expect(await refused(paths, { reads: [scan()], force: true })).toBeUndefined();
});

it.each(['../up', '/abs', 'a/b', 'a\\b', '..', '.', '', 'a\u0000b', 'a\u001b[2J'])(
  'an id such as %j leads nowhere',
  (id) => expect(() => outputPath(root, id, '.nii.gz')).toThrow(/INVALID_DATA/),
);

it('an id with dots and spaces is a file name', () => {
  expect(outputPath(root, 'sub-1.2 b', '.nii.gz')).toBe(join(root, 'sub-1.2 b.nii.gz'));
});
