import type { StudyRun } from './comparison.js';

/** All runs of one arm at one number of labels and budget. */
export interface RunGroup {
  readonly arm: string;
  readonly labels: number;
  readonly budget: string;
  readonly runs: readonly StudyRun[];
  readonly seeds: readonly number[];
  /** One null where nothing was pretrained. */
  readonly pretrainings: readonly (number | null)[];
}

/** Runs by arm, labels and budget, in the order in which they come. */
export function runGroups(runs: readonly StudyRun[]): RunGroup[] {
  const keyOf = ({ arm, labels, budget }: StudyRun) => JSON.stringify([budget, labels, arm]);
  return [...new Set(runs.map(keyOf))].flatMap((key) => {
    const members = runs.filter((run) => keyOf(run) === key);
    const [first] = members;
    if (first === undefined) return [];
    const { arm, labels, budget } = first;
    return [
      {
        ...{ arm, labels, budget, runs: members },
        seeds: [...new Set(members.map(({ seed }) => seed))],
        pretrainings: [...new Set(members.map(({ pretraining }) => pretraining))],
      },
    ];
  });
}

/** One value of each run: `[pretraining][seed]`, undefined where there is no run. */
export function byRun<Value>(
  { runs, seeds, pretrainings }: RunGroup,
  valueOf: (run: StudyRun) => Value,
): (Value | undefined)[][] {
  return pretrainings.map((pretraining) =>
    seeds.map((seed) => {
      const found = runs.find((run) => run.seed === seed && run.pretraining === pretraining);
      return found && valueOf(found);
    }),
  );
}
