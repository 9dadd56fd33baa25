/**
 * Times the evaluation of label maps, one JSON line a case; beside scipy, and MONAI where it can be
 * imported, when `--peer` names a Python.
 *
 *   npx tsx --conditions=@voxmim/source tools/bench/metrics.mts [case…] [--repeats 3] [--peer python3]
 */
import { evaluateCase, type LabelGrid } from '@voxmim/evaluation';
import { createRandom, volumeOf, type Random, type Shape3, type Spacing3 } from '@voxmim/core';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { median } from './median.mts';

interface BenchCase {
  readonly shape: Shape3;
  readonly spacing: Spacing3;
  /** Background included. */
  readonly classes: number;
}

const CASES: Readonly<Record<string, BenchCase>> = {
  hippocampus: { shape: [36, 52, 36], spacing: [1, 1, 1], classes: 3 },
  abdomen: { shape: [120, 256, 256], spacing: [3, 1.5, 1.5], classes: 14 },
  'whole body': { shape: [200, 512, 512], spacing: [1.5, 0.8, 0.8], classes: 118 },
};

interface PeerTimes {
  readonly engine: string;
  readonly seconds: readonly number[];
  /** Mean Dice and HD95 over classes: that both did the same. */
  readonly dice: number;
  readonly hd95: number;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { repeats: { type: 'string', default: '3' }, peer: { type: 'string' } },
});
const repeats = Number(options.repeats);

for (const name of positionals.length > 0 ? positionals : Object.keys(CASES)) {
  const found = CASES[name];
  if (!found) throw new Error(`No case ${name}; there are ${Object.keys(CASES).join(', ')}.`);
  const [truth, prediction] = drawLabels(found);
  const ours = measure(found, prediction, truth);
  console.log(JSON.stringify({ name, ...found, ...ours, peakMb: Math.round(peakMb()) }));
  for (const peer of options.peer ? askPeer(options.peer, found, prediction, truth) : []) {
    const ratio = median(peer.seconds) / median(ours.seconds);
    console.log(JSON.stringify({ name, ...peer, timesOurs: Number(ratio.toFixed(2)) }));
  }
}

function measure(
  { classes, spacing }: BenchCase,
  prediction: LabelGrid,
  truth: LabelGrid,
): PeerTimes {
  const names = Array.from({ length: classes }, (_, label) => `class ${label}`);
  const settings = { classes: names, spacing };
  let result = evaluateCase('warm-up', prediction, truth, settings);
  const seconds = Array.from({ length: repeats }, () => {
    const start = performance.now();
    result = evaluateCase('bench', prediction, truth, settings);
    return (performance.now() - start) / 1000;
  });
  const mean = (metric: 'dice' | 'hd95') => {
    const values = result.classes.map((found) => found[metric]).filter(Number.isFinite);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return { engine: 'voxmim', seconds, dice: mean('dice'), hd95: mean('hd95') };
}

function askPeer(
  python: string,
  found: BenchCase,
  prediction: LabelGrid,
  truth: LabelGrid,
): PeerTimes[] {
  const folder = mkdtempSync(join(tmpdir(), 'voxmim-bench-'));
  try {
    writeFileSync(join(folder, 'prediction'), Uint8Array.from(prediction.data));
    writeFileSync(join(folder, 'truth'), Uint8Array.from(truth.data));
    writeFileSync(join(folder, 'case.json'), JSON.stringify({ ...found, repeats }));
    const script = join(import.meta.dirname, 'metrics-peer.py');
    const lines = execFileSync(python, [script, folder], { encoding: 'utf8' }).trim().split('\n');
    return lines.map((line) => JSON.parse(line) as PeerTimes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Ellipsoids of many sizes, and the same shifted by a voxel or so: a good prediction. */
function drawLabels({ shape, classes }: BenchCase): [LabelGrid, LabelGrid] {
  const random = createRandom(7, 'bench');
  const [truth, prediction] = [new Uint8Array(volumeOf(shape)), new Uint8Array(volumeOf(shape))];
  for (let label = 1; label < classes; label++) {
    const center = shape.map((extent) => (0.15 + 0.7 * random.uniform()) * extent);
    const radius = shape.map((extent) => (0.03 + 0.1 * random.uniform()) * extent);
    fillEllipsoid(truth, shape, label, center, radius);
    fillEllipsoid(prediction, shape, label, moved(center, random), radius);
  }
  return [
    { data: truth, shape },
    { data: prediction, shape },
  ];
}

function moved(center: readonly number[], random: Random): number[] {
  return center.map((place) => place + 1.2 * random.normal());
}

function fillEllipsoid(
  data: Uint8Array,
  [depth, height, width]: Shape3,
  label: number,
  [z = 0, y = 0, x = 0]: readonly number[],
  [rz = 1, ry = 1, rx = 1]: readonly number[],
): void {
  const range = (middle: number, radius: number, extent: number) =>
    [Math.max(0, Math.ceil(middle - radius)), Math.min(extent - 1, middle + radius)] as const;
  const [d0, d1] = range(z, rz, depth);
  const [h0, h1] = range(y, ry, height);
  const [w0, w1] = range(x, rx, width);
  for (let d = d0; d <= d1; d++) {
    for (let h = h0; h <= h1; h++) {
      for (let w = w0; w <= w1; w++) {
        const distance = ((d - z) / rz) ** 2 + ((h - y) / ry) ** 2 + ((w - x) / rx) ** 2;
        if (distance < 1) data[(d * height + h) * width + w] = label;
      }
    }
  }
}

function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}
