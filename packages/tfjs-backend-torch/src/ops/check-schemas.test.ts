import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkSchemas } from './check-schemas.js';
import { schemas } from './schemas.js';

let packages: string;

beforeEach(() => {
  packages = mkdtempSync(join(tmpdir(), 'check-schemas-'));
});
afterEach(() => rmSync(packages, { recursive: true }));

/** An installation whose wheel lists these schemas. */
function installation(listed: readonly string[]) {
  const folder = join(packages, 'torchgen/packaged/ATen/native');
  mkdirSync(folder, { recursive: true });
  const lines = listed.map((schema) => `- func: ${schema}\n  variants: function\n`);
  writeFileSync(join(folder, 'native_functions.yaml'), lines.join('\n'));
  return { folder: join(packages, 'torch'), version: '2.99.0', cuda: undefined, python: undefined };
}

describe('checkSchemas', () => {
  it('accepts what this package calls', () => {
    expect(() => checkSchemas(installation(Object.values(schemas)))).not.toThrow();
  });

  it('names an operator that is gone and one that has changed', () => {
    const listed = Object.values(schemas)
      .filter((schema) => !schema.startsWith('erf('))
      .map((schema) =>
        schema.startsWith('mm(')
          ? 'mm(Tensor self, Tensor mat2, bool fast=False) -> Tensor'
          : schema,
      );
    expect(() => checkSchemas(installation(listed))).toThrow(
      /2\.99\.0 .*mm is now mm\(Tensor, Tensor, bool\) -> Tensor; erf is gone.*TORCH_UNSUPPORTED/,
    );
  });

  it('asks a Python where the list is missing, and says when there is none', () => {
    const missing = {
      folder: join(packages, 'torch'),
      version: '2.99.0',
      cuda: undefined,
      python: join(packages, 'python'),
    };
    expect(() => checkSchemas(missing)).toThrow(/cannot be listed.*VOXMIM_TORCH/);
  });
});
