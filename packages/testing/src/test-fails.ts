import type { TestRunner } from './test-runner.js';

/**
 * Whether one test of a kit fails: how the kits themselves are tested.
 *
 * @throws RangeError where the kit has no test of this name
 */
export async function testFails(
  declare: (runner: TestRunner) => void,
  name: string,
): Promise<boolean> {
  const tests = new Map<string, () => Promise<void>>();
  declare({
    describe: (_, body) => body(),
    it: (own, body) => tests.set(own, body),
  });
  const body = tests.get(name);
  if (!body) throw new RangeError(`There is no test "${name}".`);
  return body().then(
    () => false,
    () => true,
  );
}
