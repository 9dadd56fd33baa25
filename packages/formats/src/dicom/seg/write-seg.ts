import type { Volume } from '@voxmim/core';
import type { NaturalizedDataset } from 'dcmjs';

import { cielabOf } from './cielab.js';
import { decimal, segGeometry, sourceAt, type SegGeometry } from './seg-geometry.js';
import type { SegSource, SourceSlice } from './seg-source.js';
import { type CodeTriplet, type SegmentCodeTable, segmentCodesOf } from './segment-codes.js';
import { framesOf, packFrames, type SegmentFrame } from './segment-frames.js';

/** One segment: the voxels of a label. */
export interface Segment {
  readonly name: string;
  /** Red, green, blue, 0 … 255. */
  readonly color: readonly [number, number, number];
}

/** What {@link writeDicomSeg} is given. */
export interface WriteSegOptions {
  /** The label map, on the grid of the series; label 1 is the first of `segments`. */
  readonly labels: Volume<Uint8Array>;
  readonly segments: readonly Segment[];
  readonly source: SegSource;
  /** What each segment is; names that are not in it get the codes of their words, or "tissue". */
  readonly codes?: SegmentCodeTable | undefined;
  /** What segmented, for those who read it. */
  readonly algorithm: { readonly name: string; readonly version: string };
  /** When it was made; by default now. */
  readonly when?: Date;
}

const SEGMENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/**
 * Writes a label map as a DICOM Segmentation object: binary, one frame for each slice of a segment that has
 * voxels there, with references to the images it was made of. Patient and study are those of the series, as
 * the standard asks: the file belongs into the same archive as the images, and is no more anonymous.
 */
export async function writeDicomSeg(options: WriteSegOptions): Promise<Uint8Array> {
  const { labels, segments, when = new Date() } = options;
  const { default: dcmjs } = await import('dcmjs');
  const { DicomDict, DicomMetaDictionary } = dcmjs.data;
  dcmjs.log.setLevel('silent');
  const instance = newUid();
  const frames = framesOf(labels, segments.length);
  const dataset: NaturalizedDataset = {
    ...identity(options, instance, when),
    ...imageOf(labels, frames),
    SegmentSequence: segments.map((segment, index) => segmentItem(segment, index + 1, options)),
    ...functionalGroups(options, frames),
    PixelData: [packFrames(labels, frames).buffer],
    _vrMap: { PixelData: 'OB' },
  };
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      FileMetaInformationVersion: Uint8Array.of(0, 1).buffer,
      MediaStorageSOPClassUID: SEGMENTATION_STORAGE,
      MediaStorageSOPInstanceUID: instance,
      TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
      ImplementationClassUID: '2.25.251338262803129427712399118613521438724',
      ImplementationVersionName: 'VOXMIM',
    }),
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
  return new Uint8Array(file.write({ fragmentMultiframe: false }));
}

/** Whose it is, and which object. */
function identity(
  { source, algorithm }: WriteSegOptions,
  instance: string,
  when: Date,
): NaturalizedDataset {
  const [date, time] = dicomTimes(when);
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    ...EMPTY,
    ...source.shared,
    SOPClassUID: SEGMENTATION_STORAGE,
    SOPInstanceUID: instance,
    SeriesInstanceUID: newUid(),
    SeriesNumber: '1000',
    SeriesDescription: 'Segmentation',
    InstanceNumber: '1',
    Modality: 'SEG',
    SeriesDate: date,
    SeriesTime: time,
    ContentDate: date,
    ContentTime: time,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    Manufacturer: 'voxmim',
    ManufacturerModelName: algorithm.name.slice(0, 64),
    DeviceSerialNumber: '0',
    SoftwareVersions: algorithm.version,
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: source.seriesUid,
        ReferencedInstanceSequence: instancesOf(source.slices),
      },
    ],
  };
}

/** What must be there though nothing may be known of it. */
const EMPTY: NaturalizedDataset = {
  PatientName: '',
  PatientID: '',
  PatientBirthDate: '',
  PatientSex: '',
  StudyDate: '',
  StudyTime: '',
  ReferringPhysicianName: '',
  StudyID: '',
  AccessionNumber: '',
  PositionReferenceIndicator: '',
};

/** Every image once, however many frames it has. */
function instancesOf(slices: readonly SourceSlice[]): NaturalizedDataset[] {
  const classes = new Map(slices.map(({ instanceUid, classUid }) => [instanceUid, classUid]));
  return [...classes].map(([instance, kind]) => ({
    ReferencedSOPClassUID: kind,
    ReferencedSOPInstanceUID: instance,
  }));
}

function imageOf(
  { shape }: Volume<Uint8Array>,
  frames: readonly SegmentFrame[],
): NaturalizedDataset {
  return {
    ImageType: ['DERIVED', 'PRIMARY'],
    ContentLabel: 'SEGMENTATION',
    ContentDescription: 'Segmentation by voxmim',
    ContentCreatorName: '',
    SegmentationType: 'BINARY',
    LossyImageCompression: '00',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: String(frames.length),
    Rows: shape[1],
    Columns: shape[2],
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
  };
}

function segmentItem(
  { name, color }: Segment,
  number: number,
  { codes, algorithm }: WriteSegOptions,
): NaturalizedDataset {
  const { category, type } = segmentCodesOf(name, codes);
  return {
    SegmentNumber: number,
    SegmentLabel: name.slice(0, 64),
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: algorithm.name.slice(0, 64),
    SegmentedPropertyCategoryCodeSequence: [codeItem(category)],
    SegmentedPropertyTypeCodeSequence: [codeItem(type)],
    RecommendedDisplayCIELabValue: cielabOf(color),
  };
}

function codeItem({ value, scheme, meaning }: CodeTriplet): NaturalizedDataset {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

const DCM = (value: string, meaning: string) => codeItem({ value, scheme: 'DCM', meaning });

/** As attributes point to each other: group and element in one number. */
const SEGMENT_IDENTIFICATION = 0x0062000a;
const SEGMENT_NUMBER = 0x0062000b;
const PLANE_POSITION = 0x00209113;
const IMAGE_POSITION = 0x00200032;

function functionalGroups(
  { labels, source }: WriteSegOptions,
  frames: readonly SegmentFrame[],
): NaturalizedDataset {
  const geometry = segGeometry(labels.affine);
  const organization = newUid();
  const spacing = decimal(geometry.sliceSpacing);
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: organization }],
    DimensionIndexSequence: [
      [SEGMENT_NUMBER, SEGMENT_IDENTIFICATION, 'Segment Number'] as const,
      [IMAGE_POSITION, PLANE_POSITION, 'Image Position Patient'] as const,
    ].map(([pointer, group, label]) => ({
      DimensionOrganizationUID: organization,
      DimensionIndexPointer: pointer,
      FunctionalGroupPointer: group,
      DimensionDescriptionLabel: label,
    })),
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient: geometry.orientation.map(decimal) }],
        PixelMeasuresSequence: [
          {
            SliceThickness: spacing,
            SpacingBetweenSlices: spacing,
            PixelSpacing: geometry.pixelSpacing.map(decimal),
          },
        ],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map((frame) => frameItem(frame, geometry, source)),
  };
}

function frameItem(
  { segment, slice }: SegmentFrame,
  geometry: SegGeometry,
  source: SegSource,
): NaturalizedDataset {
  const position = geometry.positionOf(slice);
  const image = sourceAt(source.slices, position, geometry.sliceSpacing);
  return {
    FrameContentSequence: [{ DimensionIndexValues: [segment, slice + 1] }],
    PlanePositionSequence: [{ ImagePositionPatient: position.map(decimal) }],
    SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segment }],
    DerivationImageSequence: image ? [derivation(image)] : [],
  };
}

function derivation({ classUid, instanceUid, frame }: SourceSlice): NaturalizedDataset {
  return {
    DerivationCodeSequence: [DCM('113076', 'Segmentation')],
    SourceImageSequence: [
      {
        ReferencedSOPClassUID: classUid,
        ReferencedSOPInstanceUID: instanceUid,
        ...(frame !== undefined && { ReferencedFrameNumber: String(frame) }),
        PurposeOfReferenceCodeSequence: [
          DCM('121322', 'Source image for image processing operation'),
        ],
      },
    ],
  };
}

/** Of a random UUID, as the standard describes it: unique without a registered root. */
function newUid(): string {
  return `2.25.${BigInt(`0x${globalThis.crypto.randomUUID().replaceAll('-', '')}`)}`;
}

/** `YYYYMMDD` and `HHMMSS`. */
function dicomTimes(when: Date): [string, string] {
  const digits = when.toISOString().replace(/\D/g, '');
  return [digits.slice(0, 8), digits.slice(8, 14)];
}
