import { memoryWarning, usableMemory } from './memory-fit.js';

const GiB = 2 ** 30;

it('is silent where a step fits, and where the work of one is not known', () => {
  expect(memoryWarning({ stateBytes: GiB, workBytes: 2 * GiB }, 4 * GiB)).toBeNull();
  expect(memoryWarning({ stateBytes: GiB, workBytes: null }, 4 * GiB)).toBeNull();
});

it('warns of a step that may not fit, with both numbers and what to change', () => {
  expect(memoryWarning({ stateBytes: GiB, workBytes: 311 * GiB }, 24 * GiB)).toMatch(
    /up to 312\.0 GiB; there are 24\.0 GiB here\. Lower crop or batchSize/,
  );
});

it('refuses a model whose weights alone are too much', () => {
  expect(() => memoryWarning({ stateBytes: 30 * GiB, workBytes: null }, 24 * GiB)).toThrow(
    /take 30\.0 GiB; there are 24\.0 GiB here.*encoder\.embedDim/,
  );
});

it('knows some memory here', () => {
  expect(usableMemory()).toBeGreaterThan(2 ** 26);
});
