import { basename, dirname, join } from 'node:path';

import { openDicom } from '../../dicom/open-dicom.js';
import { type Dataset, type DatasetCase, nothingIn } from '../dataset.js';
import { dicomFile } from '../dicom-file.js';
import { dicomReader } from '../dicom-folder.js';
import { filesBelow } from './files-below.js';

/** Skipped files that are named; the others are only counted. */
const NAMED_FILES = 5;

/**
 * One case per DICOM series of each folder below `root`, named by its folder. Every header is read,
 * and nothing of it enters an id: where a folder holds several series, they are counted.
 *
 * @throws `NOT_FOUND` where there is none; a file whose name says that it is something else is not opened
 */
export async function dicomDataset(root: string): Promise<Dataset> {
  const files = (await filesBelow(root)).filter((path) => dicomReader.accepts(path));
  const cases: DatasetCase[] = [];
  const skipped: string[] = [];
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    const paths = files.filter((file) => dirname(file) === folder).map((file) => join(root, file));
    const study = await openDicom(paths.map(dicomFile));
    skipped.push(...study.skipped.map(({ path, reason }) => `${path} was skipped: ${reason}`));
    const place = folder === '.' ? '' : folder;
    cases.push(...casesIn(root, place, study.series));
  }
  if (cases.length === 0) throw nothingIn(root, 'NIfTI or DICOM files');
  const problems = skipped.slice(0, NAMED_FILES);
  if (skipped.length > NAMED_FILES) {
    problems.push(`${skipped.length - NAMED_FILES} more files were skipped.`);
  }
  return { name: basename(root), layout: 'dicom', root, classes: [], cases, problems };
}

/** @param place the folder within `root`, with `/` */
function casesIn(
  root: string,
  place: string,
  series: readonly { readonly files: readonly string[] }[],
): DatasetCase[] {
  const base = place === '' ? basename(root) : place.split('/').join('_');
  return series.map(({ files }, index) => ({
    id: series.length === 1 ? base : `${base}_${index + 1}`,
    images: [join(root, place)],
    series: files,
    subject: place === '' ? base : place.slice(0, (place + '/').indexOf('/')),
  }));
}
