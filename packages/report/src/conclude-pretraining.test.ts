import { concludePretraining, pretrainingWarnings } from './conclude-pretraining.js';

const measured = (metrics: Record<string, number>, heldOut = true) => ({ metrics, heldOut });

describe('concludePretraining', () => {
  it('says what it beats, and by how much', () => {
    const found = measured({
      'hiddenError/model': 0.6,
      'hiddenError/visibleMean': 0.8,
      'hiddenError/inpainting': 0.75,
      'hiddenError/atlas': 0.61,
    });

    expect(concludePretraining(found)).toBe(
      'It beats every way to fill holes that learns nothing: its error on hidden voxels of volumes that were not trained on is 0.600, 25 % below the mean of what is visible (0.800), 20 % below interpolation (0.750) and 2 % below the median of the training crops (0.610).',
    );
    expect(pretrainingWarnings(found)).toEqual([]);
  });

  it('calls a pretraining that loses to interpolation what it is, and warns', () => {
    const found = measured({
      'hiddenError/model': 0.0825,
      'hiddenError/visibleMean': 0.12,
      'hiddenError/inpainting': 0.0765,
    });

    expect(concludePretraining(found)).toMatch(
      /^It does not beat interpolation: .* 8 % above interpolation \(0\.0765\)/,
    );
    expect(pretrainingWarnings(found)).toEqual([
      'This pretraining does not beat interpolation, which learns nothing.',
    ]);
  });

  it('does not call training volumes unseen', () => {
    const metrics = { 'hiddenError/model': 1, 'hiddenError/visibleMean': 2 };

    expect(concludePretraining(measured(metrics, false))).toContain('its own training volumes');
  });

  it('says whether views are told apart and what a probe reads', () => {
    const metrics = {
      ...{ 'top1/model': 0.1, 'top1/chance': 0.1 },
      ...{ 'linearProbe/encoder': 0.4, 'linearProbe/untrained': 0.2 },
    };

    expect(concludePretraining(measured(metrics)).split('\n')).toEqual([
      'It does not tell cases apart: it finds the partner of 10 % of views, where chance finds 10 %.',
      'A linear probe reads more of the organs from its features than before training (variance explained 0.400, before 0.200).',
    ]);
  });

  it('says nothing of what was not measured', () => {
    expect(concludePretraining(measured({ loss: 1 }))).toBe('');
  });
});

describe('pretrainingWarnings', () => {
  it('puts what is not a number first, then a collapse', () => {
    const metrics = { loss: NaN, effectiveRank: 1.2 };

    expect(pretrainingWarnings(measured(metrics))).toEqual([
      'Not a finite number at the end: loss.',
      'The features have collapsed: all volumes look alike to this encoder.',
    ]);
  });

  it('takes an error that is not a number for lost', () => {
    const metrics = { 'hiddenError/model': NaN, 'hiddenError/inpainting': 0.7 };

    expect(pretrainingWarnings(measured(metrics))).toContain(
      'This pretraining does not beat interpolation, which learns nothing.',
    );
  });
});
