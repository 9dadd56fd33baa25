import * as z from 'zod';

/** One entry of a coding scheme, such as SNOMED CT's 10200004, liver. */
export const CodeTriplet = z.strictObject({
  value: z.string().min(1).max(16).describe('Such as 10200004.'),
  scheme: z.string().min(1).max(16).default('SCT').describe('SCT is SNOMED CT.'),
  meaning: z.string().min(1).max(64),
});
export type CodeTriplet = z.infer<typeof CodeTriplet>;

/** What a segment is, as DICOM says it. */
export const SegmentCodes = z.strictObject({
  category: CodeTriplet.optional().describe('Default: anatomical structure.'),
  type: CodeTriplet,
});
export type SegmentCodes = z.infer<typeof SegmentCodes>;

/** By class name, what each segment is. */
export const SegmentCodeTable = z.record(z.string(), SegmentCodes);
export type SegmentCodeTable = z.infer<typeof SegmentCodeTable>;

const sct = (value: string, meaning: string): CodeTriplet => ({ value, scheme: 'SCT', meaning });

const ANATOMY = sct('91723000', 'Anatomical Structure');
const ABNORMAL = sct('49755003', 'Morphologically Abnormal Structure');

/** What any segment may be called that nobody has described. */
const TISSUE = sct('85756007', 'Tissue');

/** Names as data sets have them. */
const KNOWN: Readonly<Record<string, CodeTriplet>> = {
  aorta: sct('15825003', 'Aorta'),
  bladder: sct('89837001', 'Bladder'),
  bone: sct('272673000', 'Bone'),
  brain: sct('12738006', 'Brain'),
  colon: sct('71854001', 'Colon'),
  duodenum: sct('38848004', 'Duodenum'),
  esophagus: sct('32849002', 'Esophagus'),
  gallbladder: sct('28231008', 'Gallbladder'),
  heart: sct('80891009', 'Heart'),
  hippocampus: sct('5366008', 'Hippocampus'),
  'inferior vena cava': sct('64131007', 'Inferior vena cava'),
  kidney: sct('64033007', 'Kidney'),
  'left atrium': sct('82471001', 'Left atrium'),
  'left ventricle': sct('87878005', 'Left ventricle'),
  'left ventricle myocardium': sct('49848007', 'Left Ventricle Myocardium'),
  liver: sct('10200004', 'Liver'),
  lung: sct('39607008', 'Lung'),
  pancreas: sct('15776009', 'Pancreas'),
  'portal vein': sct('32764006', 'Portal vein'),
  prostate: sct('41216001', 'Prostate'),
  'right atrium': sct('73829009', 'Right atrium'),
  'right ventricle': sct('53085002', 'Right ventricle'),
  spleen: sct('78961009', 'Spleen'),
  stomach: sct('69695003', 'Stomach'),
};

const KNOWN_ABNORMAL: Readonly<Record<string, CodeTriplet>> = {
  edema: sct('79654002', 'Edema'),
  lesion: sct('52988006', 'Lesion'),
  necrosis: sct('6574001', 'Necrosis'),
  tumor: sct('108369006', 'Neoplasm'),
  tumour: sct('108369006', 'Neoplasm'),
};

/**
 * The codes of a class: those of the table, else those of a name that data sets use, else "tissue".
 *
 * @param name of the class, such as `Left_Ventricle`
 */
export function segmentCodesOf(
  name: string,
  table: SegmentCodeTable = {},
): Readonly<Record<'category' | 'type', CodeTriplet>> {
  const given = Object.hasOwn(table, name) ? table[name] : undefined;
  if (given) return { category: given.category ?? ANATOMY, type: given.type };
  const words = name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
  if (Object.hasOwn(KNOWN, words)) return { category: ANATOMY, type: KNOWN[words] };
  if (Object.hasOwn(KNOWN_ABNORMAL, words)) {
    return { category: ABNORMAL, type: KNOWN_ABNORMAL[words] };
  }
  return { category: ANATOMY, type: TISSUE };
}
