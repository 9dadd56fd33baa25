import {
  caseMeans,
  scoreOf,
  type CaseMetrics,
  type EmptyPolicy,
  type ReplicatedScores,
} from '@voxmim/evaluation';

import { byRun, type RunGroup } from './run-group.js';

/** Scores of an arm with what their places stand for. */
export interface ScoreGrid {
  readonly pretrainings: readonly (number | null)[];
  readonly seeds: readonly number[];
  readonly cases: readonly string[];
  /** `[pretraining][seed][case]`; NaN where there is none. */
  readonly scores: ReplicatedScores;
}

/** The mean Dice over classes of every case. */
export function meanScores(group: RunGroup, policy: EmptyPolicy): ScoreGrid {
  return gridOf(group, (cases) => caseMeans(cases, 'dice', policy));
}

/** The Dice of one class in every case. */
export function classScores(group: RunGroup, name: string, policy: EmptyPolicy): ScoreGrid {
  return gridOf(group, (cases) =>
    cases.map(({ classes }) => {
      const found = classes.find((entry) => entry.name === name);
      return found ? scoreOf(found, 'dice', policy) : NaN;
    }),
  );
}

/**
 * One grid minus another, by case and seed. A baseline that was pretrained as often is paired by
 * pretraining too; one that was not is the same for all.
 */
export function differenceScores(mine: ScoreGrid, other: ScoreGrid): ScoreGrid {
  const isPaired = mine.pretrainings.length === other.pretrainings.length;
  return {
    ...mine,
    scores: mine.pretrainings.map((_, p) =>
      mine.seeds.map((seed, s) => {
        const against = other.scores[isPaired ? p : 0]?.[other.seeds.indexOf(seed)];
        return mine.cases.map((id, c) => {
          const score = mine.scores[p]?.[s]?.[c] ?? NaN;
          return score - (against?.[other.cases.indexOf(id)] ?? NaN);
        });
      }),
    ),
  };
}

function gridOf(
  group: RunGroup,
  scoresOf: (cases: readonly CaseMetrics[]) => readonly number[],
): ScoreGrid {
  const { seeds, pretrainings, runs } = group;
  const cases = [...new Set(runs.flatMap((run) => run.cases.map(({ id }) => id)))].sort();
  const scores = byRun(group, (run) => {
    const values = scoresOf(run.cases);
    const byId = new Map(run.cases.map(({ id }, at) => [id, values[at] ?? NaN]));
    return cases.map((id) => byId.get(id) ?? NaN);
  });
  return {
    ...{ pretrainings, seeds, cases },
    scores: scores.map((row) => row.map((values) => values ?? cases.map(() => NaN))),
  };
}
