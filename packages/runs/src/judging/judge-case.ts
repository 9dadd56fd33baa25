import type { RegionsConfig } from '@voxmim/volumes';
import {
  evaluateCase,
  evaluateMasks,
  regionMask,
  type CaseMetrics,
  type LabelGrid,
  type MaskOptions,
} from '@voxmim/evaluation';

/** What a label map is judged by. */
export interface JudgedBy extends MaskOptions {
  /** Class names of the label maps, background first. */
  readonly classes: readonly string[];
  /** Judges these in place of the classes, each as a mask of its own. */
  readonly regions?: RegionsConfig | null | undefined;
}

/** Compares a label map with the truth, class by class or region by region. */
export function judgeCase(
  id: string,
  found: LabelGrid,
  truth: LabelGrid,
  { classes, regions, ...options }: JudgedBy,
): CaseMetrics {
  if (!regions) return evaluateCase(id, found, truth, { classes, ...options });
  return {
    id,
    classes: regions.map(({ name, labels }) => ({
      name,
      ...evaluateMasks(regionMask(found, labels), regionMask(truth, labels), options),
    })),
  };
}
