import { button, choice, element, setPressed } from './element.js';
import { ERROR_COLORS, ERROR_NAMES, type LayerName } from './layers.js';
import type { Stage } from './stage.js';
import type { LabelStyle, Planes } from './viewport.js';

const PLANES: readonly { value: Planes; text: string }[] = [
  { value: 'all', text: 'three planes and 3D' },
  { value: 'axial', text: 'axial' },
  { value: 'coronal', text: 'coronal' },
  { value: 'sagittal', text: 'sagittal' },
  { value: '3d', text: '3D' },
];

const KEYS: Readonly<Record<string, LayerName>> = { t: 'truth', p: 'prediction', e: 'error' };

/** How volumes are looked at: planes, window, side, overlays; by buttons and keys. */
export class LookPanel {
  readonly root = element('div', { attributes: { id: 'look' } });
  readonly #layers = new Map<LayerName, HTMLButtonElement>();
  readonly #windows = element('div', { className: 'row' });
  readonly #side: HTMLButtonElement;

  constructor(
    private readonly stage: Stage,
    style: LabelStyle,
  ) {
    this.#side = button('', () => this.#turn(), 'Which side of the patient is on the left (r)');
    const layers = (['truth', 'prediction', 'error'] as const).map((name) => {
      const made = button(name, () => this.#toggle(name), `Key ${name.charAt(0)}`);
      this.#layers.set(name, made);
      return made;
    });
    const planes = choice('View', PLANES, (value) => {
      this.stage.look.planes = PLANES.find((one) => one.value === value)?.value ?? 'all';
      this.stage.refresh();
    });
    this.root.append(
      element('h2', { text: 'Look' }),
      planes,
      this.#side,
      element('h2', { text: 'Window' }),
      this.#windows,
      element('h2', { text: 'Overlays' }),
      element('div', { className: 'row' }, layers),
      legend(style),
      element('p', {
        className: 'quiet',
        text: 'Keys: t, p, e overlays; r side; j, k next and previous case; arrows move. Drag the right button for the window; wheel or two fingers to scroll.',
      }),
    );
    document.addEventListener('keydown', (event) => this.#key(event));
    this.update();
  }

  /** Shows what the stage now has. */
  update(): void {
    const { look, windows } = this.stage;
    for (const [name, made] of this.#layers) setPressed(made, look.visible[name]);
    this.#side.textContent = look.radiological
      ? 'radiological: patient’s right on the left'
      : 'neurological: patient’s left on the left';
    const buttons = windows.map(({ name, range }) =>
      button(name, () => this.stage.setWindow(range), `${range[0]} to ${range[1]}`),
    );
    this.#windows.replaceChildren(...buttons);
  }

  #toggle(name: LayerName): void {
    this.stage.look.visible[name] = !this.stage.look.visible[name];
    this.stage.refresh();
    this.update();
  }

  #turn(): void {
    this.stage.look.radiological = !this.stage.look.radiological;
    this.stage.refresh();
    this.update();
  }

  #key({ key, target }: KeyboardEvent): void {
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    const layer = KEYS[key];
    if (layer) this.#toggle(layer);
    if (key === 'r') this.#turn();
  }
}

function legend({ classes, colors }: LabelStyle): HTMLElement {
  const entry = (name: string, color: readonly number[] | undefined) => {
    const swatch = element('span', { className: 'swatch' });
    swatch.style.background = `rgb(${(color ?? [128, 128, 128]).join(' ')})`;
    return element('span', { className: 'row quiet' }, [swatch, name]);
  };
  return element('div', { className: 'row' }, [
    ...classes.slice(1).map((name, index) => entry(name, colors[index])),
    ...ERROR_COLORS.map((color, index) => entry(`error: ${ERROR_NAMES[index + 1] ?? ''}`, color)),
  ]);
}
