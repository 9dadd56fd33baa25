import { isVoxmimError, type RunMonitor } from '@voxmim/core';

/**
 * Writes the report of a run that is complete. Where that fails, a note says so: the run itself is good.
 *
 * @param root the folder of the run
 */
export async function reportAtEnd(root: string, monitor: RunMonitor): Promise<void> {
  try {
    // Charts are a large import that a run can do without until here.
    const { readRun } = await import('../reporting/read-run.js');
    const { writeReport } = await import('../reporting/write-report.js');
    const page = await writeReport(root, await readRun(root));
    monitor.result?.(`The report is ${page}.`);
  } catch (error) {
    const problem = isVoxmimError(error) ? error.problem : String(error);
    monitor.note?.(`The run is complete, but its report could not be written: ${problem}`);
  }
}
