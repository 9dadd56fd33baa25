import { commandText } from '@voxmim/runs';

/** The command that goes on with what is in a folder. */
export function resumeLine(out: string): string {
  return commandText(['voxmim', 'resume', out]);
}
