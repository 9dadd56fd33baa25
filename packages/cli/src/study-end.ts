import { formatComparison, type StudyResult } from '@voxmim/runs';
import type { Command } from 'commander';

import type { CommandResult } from './command-context.js';

/** Says what a study found, or how to go on where it was interrupted. */
export function studyEnd(result: StudyResult, command: Command): CommandResult {
  const { status, out, comparison, conclusion, report } = result;
  if (status === 'interrupted') {
    const again = ['voxmim', command.name(), ...command.args, '--out', out, '--resume'].join(' ');
    return {
      text: `Stopped; everything so far is saved in ${out}.\nTo go on: ${again}`,
      data: { status, out },
      ok: false,
    };
  }
  const table = comparison ? formatComparison(comparison) : '';
  return {
    text: [table, '', conclusion, '', `The report is ${report ?? out}.`].join('\n'),
    data: { status, out, comparison, conclusion, report },
  };
}
