import type { CaseContent } from '../view-content.js';
import { byId, element } from './element.js';

/** The cases, worst first; the chosen one is shown. */
export class CaseList {
  #chosen = -1;
  readonly #buttons: readonly HTMLButtonElement[];

  constructor(
    cases: readonly CaseContent[],
    private readonly onChoose: (index: number) => void,
  ) {
    this.#buttons = cases.map(({ id, predictions }, index) => {
      const scores = predictions.map(({ dice }) => dice?.toFixed(3) ?? '–').join(' · ');
      return element(
        'button',
        {
          attributes: { type: 'button' },
          title: predictions.length > 0 ? `${id}: Dice ${scores}` : id,
          onClick: () => this.choose(index),
        },
        [
          element('span', { className: 'name', text: id }),
          element('span', { className: 'score', text: scores }),
        ],
      );
    });
    byId('cases').replaceChildren(...this.#buttons);
    document.addEventListener('keydown', ({ key, target }) => {
      if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
      if (key === 'j') this.choose(this.#chosen + 1);
      if (key === 'k') this.choose(this.#chosen - 1);
    });
  }

  /** Chooses a case by its place; a place that there is none at is passed over. */
  choose(index: number): void {
    const chosen = this.#buttons[index];
    if (!chosen) return;
    this.clear();
    this.#chosen = index;
    chosen.setAttribute('aria-current', 'true');
    chosen.scrollIntoView({ block: 'nearest' });
    this.onChoose(index);
  }

  /** What is shown is none of the list. */
  clear(): void {
    for (const one of this.#buttons) one.removeAttribute('aria-current');
  }
}
