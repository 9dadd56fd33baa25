import type { ModelCard } from './model-card.js';

type Interval = NonNullable<ModelCard['scores']>['mean']['dice'];
type Measured = NonNullable<ModelCard['data']['measured']>;
type Spread = Measured['lowest'];

/**
 * A model card as Markdown, with the head of YAML that model hubs read. Words of the maker cannot add fields
 * to the head or markup to the page.
 */
export function modelCardText(card: ModelCard): string {
  const sections = [
    head(card),
    `# ${plain(card.name)}`,
    sentence(card),
    `## Intended use\n\n${card.intendedUse === null ? TO_FILL_IN : plain(card.intendedUse)}`,
    `## Data\n\n${dataLines(card).join('\n')}`,
    `## Scores\n\n${scoreText(card)}`,
    `## Limits\n\n${card.limits.map((line) => `- ${plain(line)}`).join('\n')}`,
    `## Model\n\n${modelLines(card).join('\n')}`,
    USE,
  ];
  return `${sections.join('\n\n')}\n`;
}

const TO_FILL_IN =
  '_Not stated. Say here for which scans, patients and decisions the model was made, and for which it must not be used._';

const USE = `## Use

\`\`\`sh
voxmim predict model.voxmim scan.nii.gz
\`\`\`

Made by voxmim. This is research software, no medical device.`;

function head({ license, task }: ModelCard): string {
  const segments = task === 'finetune' ? 'image-segmentation' : 'image-feature-extraction';
  return [
    '---',
    'library_name: voxmim',
    `pipeline_tag: ${segments}`,
    ...(license === null ? [] : [`license: ${JSON.stringify(license.toLowerCase())}`]),
    'tags: [medical, 3d, voxmim]',
    '---',
  ].join('\n');
}

function sentence({ training, data, license }: ModelCard): string {
  const { encoder, head: top, pretrained, steps } = training;
  const parts = [`A 3D ${plain(encoder)}${top === null ? '' : ` with ${plain(top)}`}`];
  parts.push(`trained for ${steps} steps on ${data.training} cases`);
  if (pretrained) parts.push('from a pretrained encoder');
  const rights = license === null ? 'No license is stated' : `License: ${plain(license)}`;
  return `${parts.join(', ')}. ${rights}.`;
}

function dataLines({ data }: ModelCard): string[] {
  const { training, labeled, validation, test, modality, channels, measured } = data;
  const labels = labeled === null ? '' : `, ${labeled} with labels`;
  return [
    `- Cases: ${training} of training${labels}, ${validation} of validation, ${test} of test.`,
    `- Modality: ${modality === null ? 'not stated' : plain(modality)}; channels: ${channels}.`,
    ...(measured === null ? ['- The images were not at hand to be measured.'] : ranges(measured)),
  ];
}

function ranges({ images, shape, spacing, lowest, highest }: Measured): string[] {
  const axes = (spreads: readonly Spread[]) => spreads.map(range).join(' × ');
  return [
    `- Of ${images} training images, depth × height × width:`,
    `  voxels ${axes(shape)}; spacing ${axes(spacing)} mm;`,
    `  lowest voxel ${range(lowest)}, highest voxel ${range(highest)}.`,
  ];
}

function range({ lowest, highest }: Spread): string {
  const [from, to] = [short(lowest), short(highest)];
  return from === to ? from : `${from} … ${to}`;
}

function scoreText({ scores }: ModelCard): string {
  if (scores === null) return 'None: the run judged no test cases.';
  const row = (name: string, { dice, nsd, hd95 }: Record<'dice' | 'nsd' | 'hd95', Interval>) =>
    `| ${plain(name)} | ${interval(dice)} | ${interval(nsd)} | ${interval(hd95)} |`;
  return [
    '| class | Dice | NSD | HD95 mm |',
    '| --- | --- | --- | --- |',
    ...scores.classes.map((one) => row(one.name, one)),
    row('mean', scores.mean),
    '',
    `${scores.cases} test cases, 95 % intervals; a class that the truth lacks counts as ${plain(scores.policy)} has it.`,
  ].join('\n');
}

function modelLines({ size, training }: ModelCard): string[] {
  const { parameters, weightsBytes, onnxBytes } = size;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return [
    `- ${(parameters / 1e6).toFixed(2)} million parameters; weights ${megabytes(weightsBytes)}, ONNX ${megabytes(onnxBytes)}.`,
    `- Seed ${training.seed}.`,
  ];
}

function interval({ mean, low, high }: Interval): string {
  return `${short(mean)} (${short(low)} to ${short(high)})`;
}

function short(value: number | null): string {
  return value === null ? 'none' : String(Number(value.toPrecision(3)));
}

/** Text that is nothing but text: one line, no markup. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|!]/g, '\\$&');
}
