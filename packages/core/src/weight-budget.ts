import { VoxmimError } from './errors.js';

/** What may still be made within {@link withWeightBudget}. */
interface Budget {
  numbers: number;
  variables: number;
}

/** More variables than any published model has by far. */
const MOST_VARIABLES = 2 ** 14;

/** Those that are being built, the innermost last: building is synchronous. */
const budgets: Budget[] = [];

/**
 * Builds a model that may not have more weights than so many numbers in all: a slip of a digit, or a stranger's
 * config, must not take all memory there is.
 *
 * @throws `INVALID_CONFIG` at the first variable beyond, with `weight` as its path; what `build` throws
 */
export function withWeightBudget<Model>(numbers: number, build: () => Model): Model {
  budgets.push({ numbers, variables: MOST_VARIABLES });
  try {
    return build();
  } finally {
    budgets.pop();
  }
}

/** Takes a variable out of every budget that is open. @throws `INVALID_CONFIG` where it is more than is left */
export function spendWeights(size: number): void {
  for (const budget of budgets) {
    budget.numbers -= size;
    budget.variables -= 1;
    if (budget.numbers >= 0 && budget.variables >= 0) continue;
    const [what, remedy] =
      budget.numbers < 0
        ? [
            'its weights take more memory than there is for them',
            'such as embedDim, or fewer layers',
          ]
        : [`it has more than ${MOST_VARIABLES} weights and biases`, 'and fewer layers'];
    throw new VoxmimError('INVALID_CONFIG', `${what}.`, `Choose smaller widths, ${remedy}.`, {
      path: 'weight',
      received: size,
    });
  }
}
