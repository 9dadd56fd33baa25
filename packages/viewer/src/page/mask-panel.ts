import type { Volume } from '@voxmim/core';
import { hiddenVoxels } from '@voxmim/masking';
import type { TrainedModel } from '@voxmim/web';

import { drawMask, type MaskChoice, STRATEGIES } from './draw-mask.js';
import { choice, element } from './element.js';
import { layerOf, type Layers } from './layers.js';
import { loadHere } from './load-here.js';
import { complain, say } from './status.js';

type Show = (layers: readonly Layers[], captions: readonly string[]) => Promise<void>;

/** Hides tokens of a volume, and shows what a pretraining makes of the rest. */
export class MaskPanel {
  readonly root = element('div', { attributes: { id: 'mask' } });
  #choice: MaskChoice = { strategy: 'random', maskRatio: 0.75, seed: 0 };
  #model: Promise<TrainedModel> | undefined;
  #window: Volume<Float32Array> | undefined;
  /** One at a time: what is asked for meanwhile is done once, as it is then. */
  #busy = false;
  #again = false;

  /** @param source of the exported reconstruction */
  constructor(
    private readonly source: string,
    private readonly onShow: Show,
  ) {
    const ratio = element('input', {
      attributes: { type: 'range', min: '0.05', max: '0.95', step: '0.05', value: '0.75' },
    });
    const words = element('output', { text: '75 %' });
    ratio.addEventListener('input', () => {
      words.textContent = `${Math.round(100 * ratio.valueAsNumber)} %`;
      this.#change({ maskRatio: ratio.valueAsNumber });
    });
    const seed = element('input', { attributes: { type: 'number', value: '0', step: '1' } });
    seed.addEventListener('input', () =>
      this.#change({ seed: Math.trunc(seed.valueAsNumber) || 0 }),
    );
    const names = Object.keys(STRATEGIES).map((name) => ({ value: name, text: name }));
    this.root.append(
      element('h2', { text: 'Mask' }),
      choice('Strategy', names, (strategy) => this.#change({ strategy })),
      element('label', {}, ['Hidden', ratio, words]),
      element('label', {}, ['Seed', seed]),
      element('p', {
        className: 'quiet',
        text: 'The middle of the volume with tokens hidden, what the model makes of the rest, and how far that is off.',
      }),
    );
  }

  /** Takes another volume. */
  async take(volume: Volume): Promise<void> {
    say('Loading the model …');
    this.#model ??= loadHere(this.source);
    const model = await this.#model.catch((error: unknown) => {
      this.#model = undefined;
      throw error;
    });
    this.#window = await model.window(volume);
    await this.#update();
  }

  #change(changed: Partial<MaskChoice>): void {
    this.#choice = { ...this.#choice, ...changed };
    this.#update().catch(complain);
  }

  async #update(): Promise<void> {
    this.#again = this.#busy;
    if (this.#busy || !this.#window || !this.#model) return;
    this.#busy = true;
    try {
      await this.#reconstruct(await this.#model, this.#window);
    } finally {
      this.#busy = false;
    }
    if (this.#again) await this.#update();
  }

  async #reconstruct(model: TrainedModel, window: Volume<Float32Array>): Promise<void> {
    const { facts } = model;
    if (facts.task !== 'reconstruct') return;
    const { gridShape, patchSize } = facts;
    const flags = drawMask(this.#choice, gridShape, patchSize);
    const started = performance.now();
    const found = await model.reconstruct(window, flags);
    const seconds = (performance.now() - started) / 1000;
    const hidden = hiddenVoxels(flags, gridShape, patchSize);
    const { input, error, mean } = comparison(window, found, hidden);
    const share = flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
    await this.onShow(
      [input, found, error].map((volume) => ({ image: layerOf(volume, 'image'), overlays: {} })),
      ['what the model sees', 'reconstruction', 'error on what was hidden'],
    );
    say(
      `${Math.round(100 * share)} % hidden; mean error there ${mean.toFixed(3)} in units of the prepared volume; ` +
        `${seconds.toFixed(2)} s.`,
    );
  }
}

/** The input without what is hidden, and the error there; both drawn from the lowest value on. */
function comparison(window: Volume<Float32Array>, found: Volume<Float32Array>, hidden: Uint8Array) {
  const { channels } = window;
  const low = window.data.reduce((least, value) => Math.min(least, value), Infinity);
  const isHidden = (index: number) => hidden[Math.floor(index / channels)] === 1;
  let [sum, count] = [0, 0];
  const error = window.data.map((value, index) => {
    if (!isHidden(index)) return low;
    const off = Math.abs(value - (found.data[index] ?? NaN));
    [sum, count] = [sum + off, count + 1];
    return low + off;
  });
  const input = window.data.map((value, index) => (isHidden(index) ? low : value));
  return {
    input: { ...window, data: input },
    error: { ...window, data: error },
    mean: count === 0 ? 0 : sum / count,
  };
}
