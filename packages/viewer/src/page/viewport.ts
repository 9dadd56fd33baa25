import {
  DRAG_MODE,
  type NVImage as Image,
  Niivue,
  NVImage,
  SHOW_RENDER,
  SLICE_TYPE,
} from '@niivue/niivue';

import { element } from './element.js';
import { ERROR_COLORS, ERROR_NAMES, type Layer, type LayerName, type Layers } from './layers.js';

/** What is seen of a volume. */
export type Planes = 'all' | 'axial' | 'coronal' | 'sagittal' | '3d';

const SLICES: Readonly<Record<Planes, SLICE_TYPE>> = {
  all: SLICE_TYPE.MULTIPLANAR,
  axial: SLICE_TYPE.AXIAL,
  coronal: SLICE_TYPE.CORONAL,
  sagittal: SLICE_TYPE.SAGITTAL,
  '3d': SLICE_TYPE.RENDER,
};

type Color = readonly [number, number, number];

/** What label maps mean. */
export interface LabelStyle {
  readonly classes: readonly string[];
  /** Of each class but the background. */
  readonly colors: readonly Color[];
}

/** How strongly overlays are drawn. */
const OPACITY: Readonly<Record<LayerName, number>> = { truth: 0.45, prediction: 0.55, error: 0.8 };

/** One volume with what lies over it. */
export class Viewport {
  readonly root: HTMLElement;
  readonly niivue: Niivue;
  readonly #caption = element('div', { className: 'caption' });
  readonly #style: LabelStyle;
  readonly #images = new Map<LayerName | 'image', Image>();

  private constructor(niivue: Niivue, canvas: HTMLCanvasElement, style: LabelStyle) {
    this.niivue = niivue;
    this.#style = style;
    this.root = element('div', { className: 'viewport' }, [canvas, this.#caption]);
  }

  /** Makes a viewport; put its `root` into the page before anything is shown. */
  static create(style: LabelStyle): { viewport: Viewport; start: () => Promise<void> } {
    const canvas = element('canvas', { attributes: { tabindex: '0', 'aria-label': 'Slices' } });
    const niivue = new Niivue({
      logLevel: 'error',
      dragAndDropEnabled: false,
      backColor: [0, 0, 0, 1],
      crosshairWidth: 0.2,
      crosshairColor: [0.4, 0.75, 1, 0.7],
      multiplanarShowRender: SHOW_RENDER.ALWAYS,
      dragMode: DRAG_MODE.contrast,
    });
    const viewport = new Viewport(niivue, canvas, style);
    const start = async () => {
      await niivue.attachToCanvas(canvas);
    };
    return { viewport, start };
  }

  /** Shows other volumes. */
  async show({ image, overlays }: Layers, caption: string): Promise<void> {
    this.#caption.textContent = caption;
    for (const shown of [...this.niivue.volumes].reverse()) this.niivue.removeVolume(shown);
    this.#images.clear();
    await this.#add('image', image, 1);
    for (const name of ['truth', 'prediction', 'error'] as const) {
      const layer = overlays[name];
      if (layer) await this.#add(name, layer, OPACITY[name]);
    }
  }

  setPlanes(planes: Planes): void {
    this.niivue.setSliceType(SLICES[planes]);
  }

  setWindow([low, high]: readonly [number, number]): void {
    const image = this.#images.get('image');
    if (!image) return;
    image.cal_min = low;
    image.cal_max = high;
    this.niivue.updateGLVolume();
  }

  /** Radiological: the patient's right is on the left. */
  setRadiological(radiological: boolean): void {
    this.niivue.setRadiologicalConvention(radiological);
  }

  setVisible(name: LayerName, visible: boolean): void {
    const image = this.#images.get(name);
    const index = image ? this.niivue.volumes.indexOf(image) : -1;
    if (index >= 0) this.niivue.setOpacity(index, visible ? OPACITY[name] : 0);
  }

  async #add(name: LayerName | 'image', { nifti }: Layer, opacity: number): Promise<void> {
    const image = await NVImage.loadFromUrl({
      url: `${name}.nii`,
      name: `${name}.nii`,
      buffer: nifti,
      colormap: 'gray',
      opacity,
    });
    if (name !== 'image') image.setColormapLabel(this.#colormap(name));
    this.#images.set(name, image);
    this.niivue.addVolume(image);
  }

  #colormap(name: LayerName) {
    const colors: readonly Color[] = name === 'error' ? ERROR_COLORS : this.#style.colors;
    const names = name === 'error' ? ERROR_NAMES : this.#style.classes;
    const all: Color[] = [[0, 0, 0], ...colors];
    return {
      R: all.map(([red]) => red),
      G: all.map(([, green]) => green),
      B: all.map(([, , blue]) => blue),
      A: all.map((_, index) => (index === 0 ? 0 : 255)),
      I: all.map((_, index) => index),
      labels: all.map((_, index) => names[index] ?? `label ${index}`),
    };
  }
}
