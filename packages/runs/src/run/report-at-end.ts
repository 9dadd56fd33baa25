import { isVoxmimError, type Registries, type RunMonitor } from '@voxmim/core';
import type { ReportContent } from '@voxmim/report';

import { pathExists, runEntry } from './run-folder.js';
import { lockFolder } from './run-lock.js';

/**
 * Writes the report of a run that is complete. Where that fails, a note says so: the run itself is good.
 *
 * @param root the folder of the run
 * @returns what the report says and shows; undefined where it could not be written
 */
export async function reportAtEnd(
  root: string,
  monitor: RunMonitor,
  registries: Registries,
): Promise<ReportContent | undefined> {
  try {
    // Charts are a large import that a run can do without until here.
    const { readRun } = await import('../reporting/read-run.js');
    const { writeReport } = await import('../reporting/write-report.js');
    const content = await readRun(root, registries);
    const page = await writeReport(root, content);
    monitor.result?.(`The report is ${page}.`);
    return content;
  } catch (error) {
    const problem = isVoxmimError(error) ? error.problem : String(error);
    monitor.note?.(`The run is complete, but its report could not be written: ${problem}`);
    return undefined;
  }
}

/**
 * Of a run that is complete: writes the report that a kill has prevented, and removes what the killed process left.
 * A run that another process is just ending is left alone.
 */
export async function tidyComplete(
  root: string,
  monitor: RunMonitor,
  registries: Registries,
): Promise<void> {
  const release = await lockFolder(root).catch((error: unknown) => {
    if (isVoxmimError(error, 'RUN_LOCKED')) return undefined;
    throw error;
  });
  if (!release) return;
  try {
    if (!(await pathExists(runEntry(root, 'report')))) await reportAtEnd(root, monitor, registries);
  } finally {
    await release();
  }
}
