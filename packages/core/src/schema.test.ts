import * as z from 'zod';

import { parseConfig } from './schema.js';

const Config = z.object({
  crops: z.enum(['balanced', 'uniform']).optional(),
  schedule: z
    .discriminatedUnion('name', [
      z.strictObject({ name: z.literal('cosine') }),
      z.strictObject({ name: z.literal('constant') }),
    ])
    .optional(),
  share: z.union([z.number(), z.literal('all'), z.enum(['half'])]).optional(),
});

function refusal(input: unknown, remedy?: string): string {
  try {
    parseConfig(Config, input, 'run.yaml', remedy);
  } catch (error) {
    return String(error);
  }
  return 'none';
}

it.each([
  [{ crops: 'ballanced' }, 'crops: ', 'did you mean "balanced"?'],
  [{ share: 'al' }, 'share: ', 'did you mean "all"?'],
])('guesses the value of %j', (input, place, guess) => {
  expect(refusal(input)).toContain(place);
  expect(refusal(input)).toContain(guess);
});

it('says all that the branches of a union take', () => {
  expect(refusal({ share: 'nothing' })).toContain('expected one of "all"|"half"');
});

it('guesses nothing where nothing is near, or where the value is too long to measure', () => {
  expect(refusal({ crops: 'zzz' })).not.toContain('did you mean');
  expect(refusal({ crops: 'balanced'.repeat(1_000_000) })).not.toContain('did you mean');
});

it('says what to do about what no user writes', () => {
  expect(refusal(null, 'Restore the file.')).toContain('Restore the file.');
});
