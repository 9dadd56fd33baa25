import { type Vector3, VoxmimError } from '@voxmim/core';
import type { NaturalizedDataset } from 'dcmjs';

import { slicesOf } from '../dicom-image.js';
import type { DicomSource } from '../dicom-slice.js';
import { soundly } from '../parse-dicom.js';
import { readHeader } from '../read-header.js';

/** One image that a segmentation refers to. */
export interface SourceSlice {
  readonly classUid: string;
  readonly instanceUid: string;
  /** From 1, of a file with several frames. */
  readonly frame: number | undefined;
  /** Of its first voxel, LPS+ millimetres. */
  readonly position: Vector3;
}

/** The series that a segmentation is made of. */
export interface SegSource {
  /** Patient, study and frame of reference, as its first file has them. */
  readonly shared: NaturalizedDataset;
  readonly seriesUid: string;
  readonly slices: readonly SourceSlice[];
  /** What somebody should know of the references. */
  readonly notes: readonly string[];
}

/** What a segmentation has in common with the images that it was made of. */
const SHARED = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'PatientIdentityRemoved',
  'DeidentificationMethod',
  'StudyInstanceUID',
  'StudyDate',
  'StudyTime',
  'ReferringPhysicianName',
  'StudyID',
  'AccessionNumber',
  'StudyDescription',
  'FrameOfReferenceUID',
  'PositionReferenceIndicator',
] as const;

/** Pixels are not needed. */
const UNTIL_PIXELS = '7FE00010';

/**
 * Reads what a segmentation of a series must say of it.
 *
 * @param sources every file of the series
 * @throws `INVALID_FILE` for a file without the UIDs that references are made of
 */
export async function readSegSource(sources: readonly DicomSource[]): Promise<SegSource> {
  const slices: SourceSlice[] = [];
  let seriesUid = '';
  for (const source of sources) {
    const data = await readHeader(source);
    if (!data) continue;
    const found = soundly(source.path, () => slicesOf(data, source));
    if (!('slices' in found)) continue;
    const text = (tag: string) => data.string(tag)?.trim() ?? '';
    // What was wiped in a file often still stands in the group before it.
    const classUid = text('x00080016') || text('x00020002');
    const instanceUid = text('x00080018') || text('x00020003');
    if (classUid === '' || instanceUid === '') throw withoutUid(source.path);
    seriesUid = text('x0020000e');
    const isMultiple = found.slices.length > 1;
    for (const { frame, position } of found.slices) {
      slices.push({ classUid, instanceUid, frame: isMultiple ? frame + 1 : undefined, position });
    }
  }
  const first = sources.at(0);
  if (!first || slices.length === 0) throw withoutUid(first?.path ?? 'series');
  const shared = await sharedOf(first);
  // Slices are sorted by nothing yet: the least UID is the same each time.
  const anchor = slices.map(({ instanceUid }) => instanceUid).sort()[0];
  const isThere = (value: unknown) => typeof value === 'string' && value !== '';
  const made = {
    ...(!isThere(shared['StudyInstanceUID']) && {
      StudyInstanceUID: await madeUid('study', anchor),
    }),
    ...(!isThere(shared['FrameOfReferenceUID']) && {
      FrameOfReferenceUID: await madeUid('frame of reference', anchor),
    }),
  };
  const isWiped = Object.keys(made).length > 0 || seriesUid === '';
  return {
    shared: { ...shared, ...made },
    seriesUid: seriesUid || (await madeUid('series', anchor)),
    slices,
    notes: isWiped ? [WIPED] : [],
  };
}

const WIPED =
  'The series lacks UIDs (of study, series or frame of reference): the DICOM SEG names made-up ones, the same each time.';

/** A UID for what has none: the same for the same series. */
async function madeUid(what: string, anchor: string): Promise<string> {
  const text = new TextEncoder().encode(`${what} ${anchor}`);
  const hash = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', text));
  const digits = Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0'));
  return `2.25.${BigInt(`0x${digits.join('')}`)}`;
}

async function sharedOf(source: DicomSource): Promise<NaturalizedDataset> {
  const { default: dcmjs } = await import('dcmjs');
  const { DicomMessage, DicomMetaDictionary } = dcmjs.data;
  dcmjs.log.setLevel('silent'); // it would tell of headers
  const bytes = Uint8Array.from(await source.bytes());
  const all = soundly(source.path, () =>
    DicomMetaDictionary.naturalizeDataset(
      DicomMessage.readFile(bytes.buffer, { ignoreErrors: true, untilTag: UNTIL_PIXELS }).dict,
    ),
  );
  const found = SHARED.filter((name) => all[name] !== undefined);
  return Object.fromEntries(found.map((name) => [name, all[name]]));
}

function withoutUid(path: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} lacks what a DICOM SEG must refer to: UIDs of class and instance.`,
    'Write label maps as NIfTI, or export the series again.',
    { path },
  );
}
