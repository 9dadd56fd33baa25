import { parseConfig, VoxmimError } from '@voxmim/core';
import * as z from 'zod';

import type { RegionsConfig } from '@voxmim/volumes';
import type { Dataset } from '../dataset.js';

const path = z.string().min(1);
const label = z.int().min(0);

/** A case of a list: MONAI and the Decathlon say `image`, nnU-Net `images`. */
const Entry = z.union([
  path,
  z
    .looseObject({
      image: z.union([path, z.array(path).min(1)]).optional(),
      images: z.union([path, z.array(path).min(1)]).optional(),
      label: z.union([path, z.literal(''), z.null()]).optional(),
    })
    .refine(({ image, images }) => image !== undefined || images !== undefined, {
      message: 'expected "image"',
    }),
]);

/** What describes a data set, of all who write one; other fields are left alone. */
const Description = z.looseObject({
  name: z.string().optional(),
  labels: z
    .union([
      z.record(z.string(), z.union([z.string(), label, z.array(label).min(1)])),
      z.array(z.string()),
    ])
    .default({}),
  channel_names: z.record(z.string(), z.string()).optional(),
  modality: z.unknown().optional(),
  file_ending: z.string().min(1).optional(),
  regions_class_order: z.array(label).optional(),
  training: z.array(Entry).optional(),
  dataset: z.union([z.record(z.string(), Entry), z.array(Entry)]).optional(),
});

const REMEDY =
  'Write it as the Decathlon, nnU-Net or MONAI do, such as { "labels": { "0": "background", "1": "liver" }, ' +
  '"training": [{ "image": "imagesTr/a.nii.gz", "label": "labelsTr/a.nii.gz" }] }.';

/** A case that a description lists; paths as they are written. */
export interface ListedFiles {
  /** Its name, where the list gives one. */
  readonly id?: string;
  readonly images: readonly string[];
  readonly label?: string;
  readonly subject?: string;
  /** What else is said of it, by column. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** What a `dataset.json` or datalist says, whoever wrote it. */
export interface DatasetDescription extends Pick<Dataset, 'classes' | 'regions'> {
  readonly name?: string;
  /** As DICOM calls it, where all channels are of one. */
  readonly modality?: string;
  /** Whether it is nnU-Net's second version. */
  readonly isNnunet: boolean;
  /** How many files a case has in `imagesTr`; undefined where nothing tells. */
  readonly channels?: number;
  /** How names of volumes end, where it is said. */
  readonly ending?: string;
  /** Undefined where the files are found by their folders. */
  readonly listed?: readonly ListedFiles[];
  readonly problems: readonly string[];
}

/**
 * Reads a description of the Medical Segmentation Decathlon, of nnU-Net (version 1 and 2), or a datalist
 * of MONAI. Labels may go by number or by name; those that are lists become regions.
 *
 * @param content what the JSON holds
 * @param file where it is from, for errors
 * @throws `INVALID_CONFIG` naming the fields that are wrong; `INVALID_DATA` for labels that make no sense
 */
export function readDescription(content: unknown, file: string): DatasetDescription {
  const described = parseConfig(Description, content, file, REMEDY);
  const { name, channel_names: names, modality, file_ending: ending } = described;
  const channels = namesOfChannels(names) ?? namesOfChannels(modality);
  const listed = listedIn(described);
  return {
    isNnunet: names !== undefined,
    ...(name !== undefined && { name }),
    ...(channels !== undefined && { channels }),
    ...modalityOf(names ?? modality),
    ...(ending !== undefined && { ending }),
    ...(listed && { listed }),
    ...classesOf(described, file),
    problems: [...ignoredLabel(described), ...otherLists(described)],
  };
}

type Described = z.infer<typeof Description>;

function namesOfChannels(names: unknown): number | undefined {
  const isRecord = typeof names === 'object' && names !== null && !Array.isArray(names);
  return isRecord ? Object.keys(names).length || undefined : undefined;
}

/** What names of channels or of a modality say: "MRI" and "T1" are MR. */
const MODALITIES = { CT: /^ct\b/i, MR: /^(mri?|t1|t2|flair|adc|dwi|pd)/i, PT: /^pe?t\b/i } as const;

function modalityOf(names: unknown): { modality?: string } {
  const texts = typeof names === 'object' && names !== null ? Object.values(names) : [names];
  const found = texts.map((text) =>
    Object.entries(MODALITIES).find(([, spelled]) => spelled.test(String(text))),
  );
  const [first] = found;
  return first && found.every((one) => one?.[0] === first[0]) ? { modality: first[0] } : {};
}

/** nnU-Net's second version ignores "training", unless "dataset" replaces its folders. */
function listedIn({ dataset, training, channel_names: names }: Described) {
  if (dataset && !Array.isArray(dataset)) {
    return Object.entries(dataset).map(([id, entry]) => ({ id, ...filesOf(entry) }));
  }
  const entries = dataset ?? (names === undefined ? training : undefined);
  return entries?.map(filesOf);
}

function filesOf(entry: z.infer<typeof Entry>): ListedFiles {
  if (typeof entry === 'string') return { images: [entry] };
  const images = [entry.image ?? entry.images ?? []].flat();
  return entry.label ? { images, label: entry.label } : { images };
}

interface NamedLabels {
  readonly name: string;
  readonly labels: readonly number[];
  readonly isRegion: boolean;
}

/** Names by label value, and the regions where labels are lists. */
function classesOf(described: Described, file: string): Pick<Dataset, 'classes' | 'regions'> {
  const entries = namedLabels(described.labels);
  if (entries.length === 0) return { classes: [] };
  const classes = names(entries, file);
  if (!entries.some(({ isRegion }) => isRegion)) return { classes };
  // The order names what each region writes, the background left out.
  const written = described.regions_class_order;
  const regions: RegionsConfig = entries
    .filter(({ labels }) => !labels.includes(0))
    .map(({ name, labels }, index) => {
      const value = written?.[index];
      return { name, labels: [...labels], ...(value !== undefined && { value }) };
    });
  return { classes, regions };
}

/** Either way round: `{"0": "background"}`, or `{"background": 0}`. */
function namedLabels(labels: Described['labels']): NamedLabels[] {
  return Object.entries(labels).map(([key, value]): NamedLabels => {
    if (Array.isArray(value)) return { name: key, labels: value, isRegion: value.length > 1 };
    if (typeof value === 'number') return { name: key, labels: [value], isRegion: false };
    const isByName = !/^\d+$/.test(key) && /^\d+$/.test(value);
    const [name, number] = isByName ? [key, value] : [value, key];
    return { name, labels: [Number(number)], isRegion: false };
  });
}

function names(entries: readonly NamedLabels[], file: string): string[] {
  const nameOf = new Map<number, string>([[0, 'background']]);
  const values = entries.flatMap(({ labels }) => labels);
  const odd = entries.find(
    ({ labels }) => !labels.every((value) => Number.isInteger(value) && value >= 0),
  );
  if (odd) throw badLabels(file, `"${odd.name}" has no whole number`, 'label without number');
  const single = entries.filter(({ isRegion }) => !isRegion);
  for (const { name, labels } of single) {
    for (const value of labels) {
      const other = nameOf.get(value);
      if (other !== undefined && value > 0) {
        throw badLabels(file, `${value} is "${other}" and "${name}"`, 'two names for one label');
      }
      nameOf.set(value, name);
    }
  }
  const count = Math.max(...values) + 1;
  const hasGaps = single.length === entries.length && nameOf.size < count;
  if (hasGaps || count > MOST_CLASSES) {
    const numbers = [...new Set(values)].sort((left, right) => left - right).join(', ');
    throw badLabels(file, `they are ${numbers}, not 0, 1, 2 and so on`, 'label numbers have gaps');
  }
  return Array.from({ length: count }, (_, value) => nameOf.get(value) ?? `label ${value}`);
}

/** As many as 16 bits hold; between the labels of regions there may be gaps. */
const MOST_CLASSES = 65_536;

function badLabels(file: string, what: string, reason: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `The labels in ${file} make no list of classes: ${what}.`,
    'Number the classes 0, 1, 2 without gaps, background 0, in the label maps and under "labels": by number, ' +
      'such as { "0": "background", "1": "liver" }, or by name, such as { "background": 0, "liver": 1 }.',
    { path: file, reason },
  );
}

function ignoredLabel({ labels }: Described): string[] {
  if (!('ignore' in labels)) return [];
  return ['The label "ignore" is a class like any other here: its voxels count in training.'];
}

/** Lists of other cases, as of MONAI. */
function otherLists(described: Described): string[] {
  const lists = Object.entries(described).flatMap(([key, value]) =>
    key.startsWith('val') && Array.isArray(value) && value.length > 0 ? [key] : [],
  );
  return lists.map((key) => `Its list "${key}" is not used: cases are those of "training".`);
}
