import { isVoxmimError } from '@voxmim/core';

/** What is known of one combination. */
export interface Cell {
  /** Names of the components, such as `vit`, `mae`, `random`. */
  readonly names: readonly string[];
  readonly outcome: 'pass' | 'fail' | 'refused';
  /** What went wrong, why it was refused, or what is worth knowing of a pass. */
  readonly remark: string;
  readonly parameters: number | null;
  readonly secondsPerStep: number | null;
  /** Peak resident memory of the process so far, in bytes. */
  readonly peakBytes: number;
}

/** What running a combination gives. */
export interface Measured {
  readonly remark: string;
  readonly parameters: number;
  readonly secondsPerStep: number;
}

/**
 * Resolves the config of a combination and runs it. A refusal counts as one only where it comes from
 * resolving, before data are touched, and says why with a code.
 */
export async function runCell<Config>(
  names: readonly string[],
  resolve: () => Promise<Config>,
  run: (config: Config) => Promise<Measured>,
): Promise<Cell> {
  const nothing = { names, parameters: null, secondsPerStep: null };
  let config: Config;
  try {
    config = await resolve();
  } catch (error) {
    const outcome = isVoxmimError(error, 'UNSUPPORTED_CAPABILITY') ? 'refused' : 'fail';
    return { ...nothing, outcome, remark: textOf(error), peakBytes: peakBytes() };
  }
  try {
    return { names, outcome: 'pass', ...(await run(config)), peakBytes: peakBytes() };
  } catch (error) {
    return { ...nothing, outcome: 'fail', remark: textOf(error), peakBytes: peakBytes() };
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
