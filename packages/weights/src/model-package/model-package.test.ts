import { isVoxmimError } from '@voxmim/core';
import { zipSync, type Zippable } from 'fflate';

import { ModelCard } from './model-card.js';
import { modelCardText } from './model-card-text.js';
import { readModelPackage, sumOf } from './read-model-package.js';
import { writeModelPackage } from './write-model-package.js';

const interval = { mean: 0.8, low: 0.7, high: 0.9 };
const scores = { dice: interval, nsd: interval, hd95: { mean: null, low: null, high: null } };
const card: ModelCard = {
  ...{ name: 'liver', task: 'finetune', license: null, intendedUse: null },
  data: {
    ...{ training: 4, labeled: 2, validation: 1, test: 3, modality: null, channels: 1 },
    measured: null,
  },
  size: { parameters: 10, weightsBytes: 3, onnxBytes: 2 },
  training: { steps: 5, seed: 1, encoder: 'vit', head: 'light', pretrained: false },
  scores: {
    ...{ cases: 3, failed: 0, policy: 'nnunet', mean: scores },
    classes: [{ name: 'liver', ...scores }],
    worst: [{ case: 2, dice: 0.1 }],
  },
  limits: ['Made for CT.'],
};
const manifest = {
  ...{ name: 'liver', task: 'finetune', license: null, created: '2026-01-02T03:04:05.000Z' },
  ...{ voxmim: '0.1.0', plugins: [], outputs: ['logits'] },
  input: { window: [8, 8, 8] as [number, number, number], channels: 1 },
  labels: [{ label: 0, name: 'background', color: [0, 0, 0] as [number, number, number] }],
};
const weights = Uint8Array.of(1, 2, 3);
const onnx = Uint8Array.of(4, 5);
const packed = writeModelPackage(
  { manifest, config: { seed: 1 }, card, weights, onnx },
  'a.voxmim',
);

/** A package whose entries were changed after it was packed. */
function changed(edit: (entries: Zippable) => void, level: 0 | 6 = 0): Uint8Array {
  const { entries } = readModelPackage(packed, 'a.voxmim');
  const zip: Zippable = Object.fromEntries(entries);
  edit(zip);
  return zipSync(zip, { level });
}

function refusal(bytes: Uint8Array): string {
  try {
    readModelPackage(bytes, 'a.voxmim');
  } catch (error) {
    if (isVoxmimError(error, 'INVALID_FILE', 'UNSUPPORTED_FILE')) return error.message;
    throw error;
  }
  throw new RangeError('it was read');
}

it('reads what was packed, and the same model is the same file', () => {
  const read = readModelPackage(packed, 'a.voxmim');

  expect(read.config).toEqual({ seed: 1 });
  expect(read.card).toEqual(card);
  expect([...read.weights, ...read.onnx]).toEqual([1, 2, 3, 4, 5]);
  expect(read.manifest.labels).toEqual(manifest.labels);
  expect(read.manifest.entries['model.onnx']).toEqual({ bytes: 2, sha256: sumOf(onnx) });
  expect(writeModelPackage({ manifest, config: { seed: 1 }, card, weights, onnx }, 'b')).toEqual(
    packed,
  );
});

it('says of a newer format that voxmim is too old for it', () => {
  const newer = new TextEncoder().encode('{"format": 2, "anything": []}');
  expect(refusal(changed((zip) => (zip['voxmim.json'] = newer)))).toMatch(
    /package of format 2; this release reads up to 1. Update voxmim. \[UNSUPPORTED_FILE\]/,
  );
});

it.each<[string, (zip: Zippable) => void, RegExp]>([
  ['other weights', (zip) => (zip['weights.safetensors'] = Uint8Array.of(1, 2, 4)), /the SHA-256/],
  ['a part of them', (zip) => (zip['weights.safetensors'] = Uint8Array.of(1, 2)), /not what was/],
  ['an entry too many', (zip) => (zip['run.js'] = onnx), /run.js is not in the manifest/],
  ['a folder above', (zip) => (zip['../evil'] = onnx), /is called "\.\.\/evil"/],
  ['a name of a terminal', (zip) => (zip['\u001b[2J'] = onnx), /is called "\\u001b/],
  ['no weights', (zip) => delete zip['weights.safetensors'], /has no weights.safetensors/],
  ['no manifest', (zip) => delete zip['voxmim.json'], /has no voxmim.json/],
  ['half a manifest', (zip) => (zip['voxmim.json'] = onnx), /voxmim.json is no JSON/],
  [
    'a manifest of something else',
    (zip) => (zip['voxmim.json'] = new TextEncoder().encode('{"format": 1}')),
    /voxmim.json says what cannot be/,
  ],
])('refuses %s', (_, edit, message) => {
  expect(refusal(changed(edit))).toMatch(message);
});

it('inflates nothing: a bomb is refused by its directory', () => {
  const bomb = changed((zip) => (zip['bomb'] = new Uint8Array(50_000_000)), 6);
  expect(bomb.length).toBeLessThan(100_000);
  expect(refusal(bomb)).toMatch(/it has a compressed entry/);
});

it('refuses what is cut off at any place', () => {
  for (let length = 0; length < packed.length; length += 97) {
    expect(refusal(packed.subarray(0, length))).toMatch(/no sound model package/);
  }
});

it('words of the maker are words: neither fields of the head nor markup', () => {
  const sly = { ...card, name: 'x\n# Approved <script>', license: 'MIT\nbase_model: "evil"' };
  const text = modelCardText(sly);
  expect(text).toContain('# x \\# Approved \\<script\\>\n');
  expect(text).toContain('license: "mit\\nbase_model: \\"evil\\""\n');
  expect(text).toContain('| liver | 0.8 (0.7 to 0.9) | 0.8 (0.7 to 0.9) | none (none to none) |');
});
