import type { ComparisonRow, Finding, ScoreInterval } from '@voxmim/report';

/**
 * What a difference shows. It is clear only where its interval excludes 0, more than one seed was run,
 * and it holds for every pretraining alone.
 *
 * @param interval of the difference; null where there is none
 */
export function findingOf(
  interval: ScoreInterval | null,
  ofPretrainings: ComparisonRow['ofPretrainings'],
  seeds: number,
): Pick<ComparisonRow, 'finding' | 'doubt'> {
  if (interval === null) return { finding: null, doubt: null };
  const finding = signOf(interval);
  if (finding === 'unclear') return { finding, doubt: null };
  if (seeds < 2) return { finding: 'unclear', doubt: 'oneSeed' };
  const holds = ofPretrainings.every(({ difference }) => signOf(difference) === finding);
  return holds ? { finding, doubt: null } : { finding: 'unclear', doubt: 'pretraining' };
}

function signOf({ low, high }: ScoreInterval): Finding {
  if (low > 0) return 'gain';
  return high < 0 ? 'loss' : 'unclear';
}
