import { recordedCommand } from '@voxmim/runs';

/** The command line of this process, as a run may keep it. */
export function commandLine(): string {
  return recordedCommand(['voxmim', ...process.argv.slice(2)]);
}
