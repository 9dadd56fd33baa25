/** What a chart says of the validation metrics that stand in it. */
export interface MetricWords {
  readonly title: string;
  readonly yLabel: string;
  readonly note: string;
  /** Lines by what follows the slash of a metric; those that learn nothing are dashed. */
  readonly lines: Readonly<Record<string, { readonly name: string; readonly reference?: boolean }>>;
}

const WORDS: Readonly<Record<string, MetricWords>> = {
  loss: {
    title: 'loss',
    yLabel: 'loss',
    note: 'The objective on fixed crops of volumes that are not trained on.',
    lines: {},
  },
  hiddenError: {
    title: 'error on hidden voxels',
    yLabel: 'mean absolute error',
    note: 'In prepared intensities, beside two ways to fill holes that learn nothing and one picture, the median of training crops, shown for all. A model that has learned more than smoothness and an average is below all three.',
    lines: {
      model: { name: 'model' },
      visibleMean: { name: 'mean of the visible', reference: true },
      inpainting: { name: 'interpolation', reference: true },
      atlas: { name: 'median training crop', reference: true },
    },
  },
  ablation: {
    title: 'does place matter?',
    yLabel: 'rise of the loss',
    note: 'The share by which the loss rises when visible tokens change places, and when the encoder is told one average position for all. Near 0, what lies where is not used: the model knows an average picture.',
    lines: {
      shuffledTokens: { name: 'tokens shuffled' },
      averagedPositions: { name: 'positions averaged' },
    },
  },
  levelRms: {
    title: 'size of the feature levels',
    yLabel: 'root mean square',
    note: 'Of the encoder’s levels, shallow to deep. A head that is new beside features much larger than 1 learns slowly.',
    lines: {},
  },
  similarity: {
    title: 'similarity of views',
    yLabel: 'cosine',
    note: 'Mean cosine of two augmented views of one case, and of views of different cases. Learning draws the lines apart; a collapse draws both to 1.',
    lines: { sameCase: { name: 'same case' }, otherCase: { name: 'different cases' } },
  },
  top1: {
    title: 'partners found',
    yLabel: 'share of views',
    note: 'How often the nearest of all other views is the one of the same case.',
    lines: { model: { name: 'model' }, chance: { name: 'chance', reference: true } },
  },
  linearProbe: {
    title: 'linear probe',
    yLabel: 'variance explained',
    note: 'How much of the organs’ share of each cell a linear map finds in the deepest features: fitted on a few labeled training cases, judged on validation cases. No label reaches a weight.',
    lines: {
      encoder: { name: 'encoder' },
      untrained: { name: 'before training', reference: true },
    },
  },
  effectiveRank: {
    title: 'effective rank',
    yLabel: 'directions',
    note: 'How many directions the deepest features use, cell by cell. A fall towards 1 is a collapse.',
    lines: {},
  },
  embeddingSpread: {
    title: 'spread of embeddings',
    yLabel: 'spread',
    note: 'How far apart embeddings of cases are: 1 fills the sphere, 0 is a collapse.',
    lines: {},
  },
};

/** The words for a group of metrics, or its own name where it is not one of pretraining. */
export function metricWords(group: string): MetricWords {
  const note = 'On volumes that are not trained on.';
  return Object.hasOwn(WORDS, group) && WORDS[group]
    ? WORDS[group]
    : { title: group, yLabel: group, note, lines: {} };
}
