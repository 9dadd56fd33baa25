import { resampler, type Interval } from '@voxmim/evaluation';

/** A statistic of some cases. */
export type Statistic<Case> = (cases: readonly Case[]) => number;

/** Resamples that an interval is read from. */
const RESAMPLES = 2000;

/**
 * Statistics with their 95 % bootstrap intervals. Subjects are drawn, not cases, as cases of one subject are alike;
 * every statistic sees the same draws, and draws where it does not exist (AUC of one class) are left out.
 */
export function intervalsOf<Case extends { readonly subject: string }, Name extends string>(
  cases: readonly Case[],
  statistics: Readonly<Record<Name, Statistic<Case>>>,
): Record<Name, Interval>;
export function intervalsOf<Case extends { readonly subject: string }>(
  cases: readonly Case[],
  statistics: Readonly<Record<string, Statistic<Case>>>,
): Record<string, Interval> {
  const groups = [...groupedBySubject(cases).values()];
  const resample = resampler(groups.length, { resamples: RESAMPLES });
  return Object.fromEntries(
    Object.entries(statistics).map(([name, statistic]) => [
      name,
      resample((chosen) => statistic([...chosen].flatMap((at) => groups[at] ?? []))),
    ]),
  );
}

function groupedBySubject<Case extends { readonly subject: string }>(
  cases: readonly Case[],
): Map<string, Case[]> {
  const groups = new Map<string, Case[]>();
  for (const entry of cases)
    groups.set(entry.subject, [...(groups.get(entry.subject) ?? []), entry]);
  return groups;
}
