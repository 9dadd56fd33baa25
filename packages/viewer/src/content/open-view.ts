import { contentFiles, type OpenViewOptions } from './content-files.js';
import { pageFiles } from './page-files.js';
import type { ViewFiles } from './view-files.js';

/**
 * The page that shows runs or volumes, and all that it may ask for.
 *
 * @param paths folders of runs; or one file or folder of volumes; none: a page to drop a scan into
 * @throws `NOT_FOUND`; `INVALID_CONFIG` for runs and volumes mixed; what reading runs and data sets throws
 */
export async function openView(
  paths: readonly string[],
  options: OpenViewOptions = {},
): Promise<ViewFiles> {
  return new Map([...(await pageFiles()), ...(await contentFiles(paths, options))]);
}
