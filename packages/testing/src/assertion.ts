/** What a failed expectation of this package throws, whatever the test runner. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}

/** @throws {@link ExpectationError} saying `message` unless `claim` holds */
export function expectThat(claim: boolean, message: () => string): void {
  if (!claim) throw new ExpectationError(message());
}

/** Compares by value, as JSON. */
export function expectSame(received: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(received), JSON.stringify(expected)];
  expectThat(left === right, () => `${what}: expected ${right}, received ${left}.`);
}
