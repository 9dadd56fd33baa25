import type { LabelStyle, Planes } from './viewport.js';
import { byId } from './element.js';
import type { LayerName, Layers } from './layers.js';
import { Viewport } from './viewport.js';
import { type Window, windowsOf } from './windowing.js';

/** How volumes are looked at. */
export interface Look {
  planes: Planes;
  radiological: boolean;
  readonly visible: Record<LayerName, boolean>;
}

/** What is shown, in one viewport or several side by side that move together. */
export class Stage {
  readonly look: Look = {
    planes: 'all',
    radiological: true,
    visible: { truth: false, prediction: true, error: false },
  };
  /** Those that suit the image. */
  windows: readonly Window[] = [];
  #viewports: readonly Viewport[] = [];

  private constructor(private readonly style: LabelStyle) {}

  /** Puts `count` viewports into the page. */
  static async open(count: number, style: LabelStyle): Promise<Stage> {
    const stage = new Stage(style);
    await stage.#fill(count);
    return stage;
  }

  /** Shows volumes, one viewport for each. */
  async show(all: readonly Layers[], captions: readonly string[]): Promise<void> {
    if (all.length !== this.#viewports.length) await this.#fill(all.length);
    for (const [index, layers] of all.entries())
      await this.#viewports[index]?.show(layers, captions[index] ?? '');
    const [first] = all;
    this.windows = first ? windowsOf(first.image.volume) : [];
    if (this.windows[0]) this.setWindow(this.windows[0].range);
    this.refresh();
  }

  setWindow(range: readonly [number, number]): void {
    for (const viewport of this.#viewports) viewport.setWindow(range);
  }

  /** Draws as `look` says. */
  refresh(): void {
    for (const viewport of this.#viewports) {
      viewport.setPlanes(this.look.planes);
      viewport.setRadiological(this.look.radiological);
      for (const name of ['truth', 'prediction', 'error'] as const)
        viewport.setVisible(name, this.look.visible[name]);
    }
  }

  async #fill(count: number): Promise<void> {
    const made = Array.from({ length: count }, () => Viewport.create(this.style));
    byId('stage').replaceChildren(...made.map(({ viewport }) => viewport.root));
    for (const { start } of made) await start();
    this.#viewports = made.map(({ viewport }) => viewport);
    const views = this.#viewports.map(({ niivue }) => niivue);
    for (const view of views) {
      const others = views.filter((other) => other !== view);
      if (others.length > 0) view.broadcastTo(others, { '2d': true, '3d': true });
    }
  }
}
