import { writeFileWhole } from '@voxmim/core/node';
import { join } from 'node:path';

import { renderReport, ReportContent, allWithoutPlaces } from '@voxmim/report';

/** Where the two files of a report lie in a folder. */
export function reportFiles(folder: string): { readonly page: string; readonly content: string } {
  return { page: join(folder, 'report.html'), content: join(folder, 'report.json') };
}

/**
 * Writes `report.html`, and `report.json` from which `readRun` can make it again; each whole or not
 * at all, for the owner alone: they hold pictures of patients. Neither tells places of this machine: of an
 * absolute path only the name is kept.
 *
 * @returns the path of the page
 * @throws `WRITE_FAILED`
 */
export async function writeReport(folder: string, content: ReportContent): Promise<string> {
  const files = reportFiles(folder);
  const shared = ReportContent.parse(allWithoutPlaces(content));
  const page = renderReport(shared);
  await writeFileWhole(files.content, `${JSON.stringify(shared)}\n`, { ownerOnly: true });
  await writeFileWhole(files.page, page, { ownerOnly: true });
  return files.page;
}
