/**
 * Trains every combination of the registered components on small non-cubic volumes: each encoder ×
 * objective × mask strategy pretrains, is stopped and resumes; each encoder × objective × head
 * fine-tunes from it and predicts. What does not fit must be refused when its config is resolved.
 *
 *   npm run grid -- [--only vit,mae] [--backend onnx] [--table docs/grid.md] [--measure]
 *
 * `--only` keeps combinations that have all these components; `--measure` adds seconds per step
 * and peak memory, which depend on the machine. Exits with 1 where a combination failed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { writeFileWhole } from '@voxmim/core/node';
import { createRegistries } from '@voxmim/presets';
import { startBackend } from '@voxmim/runtime';

import type { Cell } from './cell.mts';
import { gridDocument } from './grid-document.mts';
import { finetuneCell, NO_MASK, pretrainCell, type Grid } from './run-cells.mts';
import { writeSmallPhantoms } from './small-phantom.mts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    backend: { type: 'string', default: 'onnx' },
    table: { type: 'string' },
    measure: { type: 'boolean', default: false },
  },
});
const only = options.only.split(',').filter((name) => name !== '');

const root = await mkdtemp(join(tmpdir(), 'voxmim-grid-'));
try {
  await writeSmallPhantoms(root);
  const backend = await startBackend({ prefer: options.backend });
  const grid = { root, registries: createRegistries(), backend };
  const pretrained = await pretrainAll(grid);
  const finetuned = await finetuneAll(grid, pretrained);
  const document = await gridDocument({ pretrained, finetuned, measured: options.measure });
  if (options.table !== undefined) await writeFileWhole(options.table, document);
  else process.stdout.write(document);
  const failed = [...pretrained, ...finetuned].some(({ outcome }) => outcome === 'fail');
  process.exitCode = failed ? 1 : 0;
} finally {
  await rm(root, { recursive: true, force: true });
}

async function pretrainAll(grid: Grid): Promise<Cell[]> {
  const { encoders, objectives, masks } = grid.registries;
  const cells: Cell[] = [];
  for (const encoder of encoders.names()) {
    for (const objective of objectives.names()) {
      for (const mask of [NO_MASK, ...masks.names()]) {
        if (!wanted(encoder, objective)) continue;
        cells.push(told(await pretrainCell(grid, encoder, objective, mask)));
      }
    }
  }
  return cells;
}

/** Fine-tunes from what random masking pretrained, or none where the objective hides nothing. */
async function finetuneAll(grid: Grid, pretrained: readonly Cell[]): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const cell of pretrained) {
    const [, , mask = ''] = cell.names;
    if (![NO_MASK, 'random'].includes(mask) || cell.outcome !== 'pass') continue;
    for (const head of grid.registries.heads.names()) {
      cells.push(told(await finetuneCell(grid, cell, head)));
    }
  }
  return cells;
}

function wanted(...names: readonly string[]): boolean {
  return only.every((name) => names.includes(name));
}

/** Says how a combination went as soon as it is known. */
function told(cell: Cell): Cell {
  process.stderr.write(`${cell.outcome.padEnd(8)}${cell.names.join(' × ')}: ${cell.remark}\n`);
  return cell;
}
