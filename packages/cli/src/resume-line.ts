import { commandText } from '@voxmim/runs';

/** The command that goes on with what is in a folder. */
export function resumeLine(out: string): string {
  return commandText(['voxmim', 'resume', out]);
}

/** This very command line, with --resume where it is not one that goes on by itself: it has options of its own. */
export function againLine(argv: readonly string[] = process.argv.slice(2)): string {
  const kept = argv.filter((word) => word !== '--resume' && word !== '--force');
  return commandText(['voxmim', ...kept, ...(argv[0] === 'resume' ? [] : ['--resume'])]);
}
