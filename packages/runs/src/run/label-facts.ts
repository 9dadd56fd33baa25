import { spacingOf, type Volume } from '@voxmim/core';

import { labelColor } from '@voxmim/report';

/** One label of a map: what it means, how it is drawn, and how much there is of it. */
export interface LabelFact {
  /** The number in the map. */
  readonly label: number;
  readonly name: string;
  /** Red, green, blue, 0 … 255; those of voxmim's own pictures. */
  readonly color: readonly [number, number, number];
  readonly voxels: number;
  readonly ml: number;
}

/** What every class but the background takes up in a map; 0 for those that were not found. */
export function labelFacts(
  { data, affine }: Volume<Uint8Array>,
  classes: readonly string[],
): LabelFact[] {
  const counts = new Float64Array(256);
  for (const label of data) counts[label] = (counts[label] ?? 0) + 1;
  const voxelMl = spacingOf(affine).reduce((product, extent) => product * extent, 1) / 1000;
  return classes.slice(1).map((name, index) => {
    const label = index + 1;
    const voxels = counts[label] ?? 0;
    return { label, name, color: labelColor(label), voxels, ml: voxels * voxelMl };
  });
}

/** The same as a label description of ITK-SNAP: number, color, opacity, two switches, name. */
export function itkSnapLabels(facts: readonly LabelFact[]): string {
  const line = (label: number, [red, green, blue]: LabelFact['color'], name: string) =>
    [label, red, green, blue, label === 0 ? 0 : 1, 1, 1, `"${name.replaceAll('"', "'")}"`].join(
      '\t',
    );
  const lines = facts.map(({ label, color, name }) => line(label, color, name));
  return `${[line(0, [0, 0, 0], 'Clear Label'), ...lines].join('\n')}\n`;
}
