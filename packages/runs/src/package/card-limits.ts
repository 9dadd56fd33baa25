import { evaluationWarnings } from '@voxmim/report';
import type { ModelCard } from '@voxmim/weights';

import type { SavedEvaluation } from '../judging/saved-evaluation.js';

/** What was measured to be a limit of a model, in sentences that name no case. */
export function cardLimits(
  { data, scores, training }: Pick<ModelCard, 'data' | 'scores' | 'training'>,
  evaluation: SavedEvaluation | undefined,
): string[] {
  return [
    modalityLimit(data),
    ...spacingLimit(data),
    `Trained on ${data.labeled ?? data.training} cases${data.labeled === null ? '' : ' with labels'}; how it does on scanners and patients unlike these is not known.`,
    ...(evaluation ? evaluationWarnings({ ...evaluation, failed: [] }) : []),
    ...scoreLimits(scores),
    ...(training.head === null || scores !== null ? [] : ['No test case was judged.']),
  ];
}

function modalityLimit({ modality, channels }: ModelCard['data']): string {
  const what = modality ?? 'images of the kind it was trained on';
  return `Made for ${what} with ${channels} channel${channels === 1 ? '' : 's'} and for nothing else.`;
}

function spacingLimit({ measured }: ModelCard['data']): string[] {
  if (measured === null) return ['The spacing of the training images was not measured.'];
  const axes = ['depth', 'height', 'width'].map((axis, index) => {
    const { lowest, highest } = measured.spacing[index] ?? measured.spacing[0];
    const [from, to] = [short(lowest), short(highest)];
    return `${axis} ${from === to ? from : `${from} to ${to}`}`;
  });
  return [`Trained on spacings of ${axes.join(', ')} mm; others were not tried.`];
}

function scoreLimits(scores: ModelCard['scores']): string[] {
  if (scores === null) return [];
  const { worst, cases, failed } = scores;
  const told = worst.map(({ case: place, dice }) => `case ${place} (Dice ${short(dice ?? NaN)})`);
  return [
    ...(told.length > 0 ? [`Worst of ${cases} test cases: ${told.join(', ')}.`] : []),
    ...(failed > 0 ? [`${failed} test cases could not be read and are in no score.`] : []),
  ];
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
