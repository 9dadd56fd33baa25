import { format } from 'prettier';

import type { Cell } from './cell.mts';
import { nativeShape } from './small-phantom.mts';
import { crop } from './tiny-configs.mts';

/** All combinations, in the order in which they ran. */
export interface GridResults {
  readonly pretrained: readonly Cell[];
  readonly finetuned: readonly Cell[];
  /** Whether to tell what depends on the machine. */
  readonly measured: boolean;
}

/** The results as a page of Markdown. */
export async function gridDocument({ pretrained, finetuned, measured }: GridResults) {
  const cells = [...pretrained, ...finetuned];
  const count = (outcome: Cell['outcome']) =>
    cells.filter((cell) => cell.outcome === outcome).length;
  const text = `# Every combination of the built-in components

Written by \`npm run grid -- --table docs/grid.md\`: tiny presets of every registered component on
phantoms of ${nativeShape.join(' × ')} voxels, crops of ${crop.join(' × ')}.
${count('pass')} combinations pass, ${count('refused')} are refused when their config is resolved, ${count('fail')} fail.

## Pretraining

Each trains two steps, is stopped, resumes to the third, and must equal an unbroken run bit for bit.

${table(['encoder', 'objective', 'mask'], pretrained, measured)}

## Fine-tuning and prediction

Each starts from the encoder that random masking pretrained, or none where the objective hides nothing,
trains two steps and writes a label map.

${table(['encoder', 'objective', 'head'], finetuned, measured)}
`;
  return format(text, { parser: 'markdown' });
}

function table(kinds: readonly string[], cells: readonly Cell[], measured: boolean): string {
  const figures = measured ? ['s/step', 'peak MiB so far'] : [];
  const header = [...kinds, 'result', 'parameters', ...figures, 'remark'];
  const rows = cells.map((cell) => rowOf(cell, measured));
  return [header, header.map(() => '---'), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function rowOf(cell: Cell, measured: boolean): string[] {
  const { names, outcome, parameters, secondsPerStep, peakBytes, remark } = cell;
  const figures = measured
    ? [secondsPerStep?.toFixed(3) ?? '–', String(Math.round(peakBytes / 2 ** 20))]
    : [];
  const values = parameters?.toLocaleString('en-US') ?? '–';
  return [...names, outcome, values, ...figures, remark.replaceAll('|', '\\|')];
}
