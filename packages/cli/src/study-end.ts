import { formatComparison, type StudyResult } from '@voxmim/runs';

import type { CommandResult } from './command-context.js';
import { resumeLine } from './resume-line.js';

/** Says what a study found, or how to go on where it was interrupted. */
export function studyEnd(result: StudyResult): CommandResult {
  const { status, out, comparison, conclusion, report, failed } = result;
  if (status === 'interrupted') {
    return {
      text: `Stopped; everything so far is saved in ${out}.\nTo go on: ${resumeLine(out)}`,
      data: { status, out },
      ok: false,
    };
  }
  const table = comparison ? formatComparison(comparison) : '';
  const lost = failed.map(({ id, message }) => `Not in it: ${id}. ${message}`);
  const again = failed.length > 0 ? ['', ...lost, 'To go on: the same command with --resume.'] : [];
  return {
    text: [table, '', conclusion, ...again, '', `The report is ${report ?? out}.`].join('\n'),
    data: { status, out, comparison, conclusion, report, failed },
    ok: failed.length === 0,
  };
}
