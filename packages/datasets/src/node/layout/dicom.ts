import { basename, dirname, join, relative, resolve, sep } from 'node:path';

import { VoxmimError, type VolumeReaders, type DatasetCase } from '@voxmim/core';

import type { DicomSeries } from '@voxmim/formats/dicom';
import { type Dataset, isVolumeName } from '../dataset.js';
import { type DicomFolder, dicomReader, noSeries, openDicomFolder } from '@voxmim/formats/node';

/** Skipped files that are named; the others are only counted. */
const NAMED_FILES = 5;

/**
 * One case per DICOM series below `root`, named by the folder that holds all of its files; where a folder
 * holds several, by number and description too. Every header is read.
 *
 * @throws `NOT_FOUND` or `INVALID_FILE` where there is none, saying why each file was left out
 */
export async function dicomDataset(root: string, readers: VolumeReaders): Promise<Dataset> {
  const study = await openDicomFolder(root);
  if (study.series.length === 0) throw nothingFound(root, study, readers);
  const problems = [...study.notes, ...skippedLines(study), ...study.leftOut];
  const cases = casesOf(root, study.series);
  return { name: nameOf(root), layout: 'dicom', root, classes: [], cases, problems };
}

/** Files whose names say that they are something else need no word. */
function skippedLines({ skipped }: DicomFolder): string[] {
  const told = skipped.filter(
    ({ path, reason }) => reason !== 'it is not DICOM' || dicomReader.accepts(path),
  );
  const lines = told
    .slice(0, NAMED_FILES)
    .map(({ path, reason }) => `${path} was skipped: ${reason}`);
  const more = told.length - NAMED_FILES;
  return more > 0 ? [...lines, `${more} more files were skipped.`] : lines;
}

interface PlacedSeries {
  readonly series: DicomSeries;
  /** The folder that holds all of its files, within the root, with `/`; `` for the root. */
  readonly place: string;
}

function casesOf(root: string, all: readonly DicomSeries[]): DatasetCase[] {
  const placed = all.map((series) => ({ series, place: commonFolder(root, series.files) }));
  const subjects = subjectsOf(root, placed);
  const byPlace = new Map<string, PlacedSeries[]>();
  for (const one of placed) byPlace.set(one.place, [...(byPlace.get(one.place) ?? []), one]);
  return [...byPlace].flatMap(([place, own]) => {
    const base = place === '' ? nameOf(root) : place.split('/').join('_');
    const names = own.length === 1 ? [base] : distinctNames(own, base);
    return own.map(({ series }, index) => ({
      id: names[index] ?? base,
      images: [join(root, place)],
      series: facts(series),
      subject: subjects.get(series) ?? base,
    }));
  });
}

function facts({ files, seriesNumber, description, time, phase }: DicomSeries) {
  return {
    files,
    ...(seriesNumber !== undefined && { number: seriesNumber }),
    ...(description !== undefined && { description }),
    ...(time !== undefined && { time }),
    ...(phase !== undefined && { phase }),
  };
}

/** By number, description and phase, counted where these are the same. */
function distinctNames(own: readonly PlacedSeries[], base: string): string[] {
  const names = own.map(({ series }) =>
    [base, safe(series.seriesNumber), safe(series.description), safe(series.phase)]
      .filter((part) => part !== '')
      .join('_'),
  );
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    const isAlone = names.filter((other) => other === name).length === 1;
    return isAlone ? name : `${name}_${before + 1}`;
  });
}

/** What every file system takes in a name. */
function safe(text: string | number | undefined): string {
  return String(text ?? '')
    .replace(/[^\p{L}\p{N}.]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 40);
}

/**
 * Whose scan each series is: a patient's series have one subject, wherever they lie; else the first
 * folder tells. Where all files of several folders name one patient, the name was wiped, and tells
 * nothing. Subjects are named by folders, never by patients.
 */
function subjectsOf(root: string, placed: readonly PlacedSeries[]): Map<DicomSeries, string> {
  const patients = new Set(placed.map(({ series }) => series.patient));
  const folders = new Set(placed.map(({ place }) => firstFolder(root, place)));
  const tells = patients.size > 1 || folders.size === 1;
  const nameOfPatient = new Map<number, string>();
  const subjects = new Map<DicomSeries, string>();
  for (const { series, place } of placed) {
    const { patient } = series;
    const folder = firstFolder(root, place);
    const known = patient === undefined || !tells ? folder : nameOfPatient.get(patient);
    const taken = new Set(nameOfPatient.values());
    const subject = known ?? (taken.has(folder) ? `${folder} ${nameOfPatient.size + 1}` : folder);
    if (patient !== undefined && tells) nameOfPatient.set(patient, subject);
    subjects.set(series, subject);
  }
  return subjects;
}

function firstFolder(root: string, place: string): string {
  return place === '' ? nameOf(root) : place.slice(0, (place + '/').indexOf('/'));
}

function nameOf(root: string): string {
  return basename(resolve(root)) || 'dicom';
}

function commonFolder(root: string, files: readonly string[]): string {
  const [first = [], ...others] = files.map((file) => {
    const place = relative(root, dirname(file));
    return place === '' ? [] : place.split(sep);
  });
  const length = others.reduce((most, parts) => {
    const differs = parts.slice(0, most).findIndex((part, index) => part !== first[index]);
    return differs < 0 ? Math.min(most, parts.length) : differs;
  }, first.length);
  return first.slice(0, length).join('/');
}

/** Volumes in folders below, which need a pattern, are named before all else. */
function nothingFound(root: string, study: DicomFolder, readers: VolumeReaders): VoxmimError {
  const below = study.skipped.filter(({ path }) => isVolumeName(path, readers));
  const first = below.at(0);
  if (first === undefined) return noSeries(root, study.skipped, study.leftOut);
  return new VoxmimError(
    'NOT_FOUND',
    `${root} holds no volumes itself, but ${below.length} in folders below, such as ${first.path}.`,
    'Give the folder they are in, or a pattern, such as --images "{case}/{case}_t1.nii.gz" or data.layout.',
    { path: root },
  );
}
