import { formatComparison, type StudyResult } from '@voxmim/runs';

import type { CommandResult } from './command-context.js';

/**
 * Says what a study found, or how to go on where it was interrupted or runs of it failed.
 *
 * @param goOn the command line for that
 */
export function studyEnd(result: StudyResult, goOn: string): CommandResult {
  const { status, out, comparison, conclusion, report, failed } = result;
  if (status === 'interrupted') {
    return {
      text: `Stopped; everything so far is saved in ${out}.\nTo go on: ${goOn}`,
      data: { status, out },
      ok: false,
    };
  }
  const table = comparison ? formatComparison(comparison) : '';
  const lost = failed.map(({ id, message }) => `Not in it: ${id}. ${message}`);
  const again = failed.length > 0 ? ['', ...lost, `To go on: ${goOn}`] : [];
  return {
    text: [table, '', conclusion, ...again, '', `The report is ${report ?? out}.`].join('\n'),
    data: { status, out, comparison, conclusion, report, failed },
    ok: failed.length === 0,
  };
}
