import { writeNifti } from '@voxmim/formats';
import { readScan, type Segmentation, type TrainedModel } from '@voxmim/web';

import type { ViewedRunContent } from '../view-content.js';
import { droppedFiles } from './dropped-files.js';
import { button, choice, element } from './element.js';
import { layerOf, type Layers } from './layers.js';
import { loadHere } from './load-here.js';
import { complain, say } from './status.js';

const MODEL_NAME = /\.onnx$/i;

/** A scan that was dropped into the page is segmented here, or only shown where there is no model. */
export class SegmentPanel {
  readonly root = element('div');
  readonly #bar = element('progress', { attributes: { max: '1', value: '0' } });
  readonly #stop = button('Stop', () => this.#work?.abort());
  readonly #save = element('div', { className: 'row' });
  readonly #models = new Map<string, Promise<TrainedModel>>();
  #chosen: string | File | undefined;
  #work: AbortController | undefined;

  /** @param onShow is given what is to be shown */
  constructor(
    runs: readonly ViewedRunContent[],
    private readonly onShow: (layers: Layers, caption: string) => Promise<void>,
  ) {
    const models = runs.flatMap(({ name, task, model }) =>
      task === 'finetune' && model !== null ? [{ value: model, text: name }] : [],
    );
    this.#chosen = models[0]?.value;
    const input = element('input', { attributes: { type: 'file', multiple: '', id: 'scan' } });
    input.addEventListener('change', () => void this.take([...(input.files ?? [])]));
    this.#bar.hidden = this.#stop.hidden = true;
    this.root.append(
      element('h2', { text: 'Segment a scan' }),
      ...(models.length > 1 ? [choice('Model', models, (value) => (this.#chosen = value))] : []),
      element('p', {
        className: 'quiet',
        text: `Drop a NIfTI file or a DICOM folder anywhere${
          models.length > 0 ? '' : ', and before it a model (.onnx) to segment it with'
        }. It stays on this machine.`,
      }),
      input,
      element('div', { className: 'row' }, [this.#bar, this.#stop]),
      this.#save,
    );
    listenToDrops(async (files) => this.take(files));
  }

  /** Takes a model or the files of a scan. */
  async take(files: readonly File[]): Promise<void> {
    const [first] = files;
    if (first === undefined) return;
    this.#work?.abort();
    const work = (this.#work = new AbortController());
    try {
      if (files.length === 1 && MODEL_NAME.test(first.name)) await this.#takeModel(first);
      else await this.#takeScan(files, work);
    } catch (error) {
      if (this.#work === work) complain(error);
    } finally {
      if (this.#work === work) this.#bar.hidden = this.#stop.hidden = true;
    }
  }

  async #takeModel(file: File): Promise<void> {
    say('Loading the model …');
    await this.#load(file);
    this.#chosen = file;
    say(`The model ${file.name} is ready: drop a scan.`);
  }

  async #takeScan(files: readonly File[], work: AbortController): Promise<void> {
    this.#save.replaceChildren();
    if (this.#chosen === undefined) {
      say('Reading the scan …');
      const { volume, notes, origin } = await readScan(files, {});
      await this.onShow({ image: layerOf(volume, 'image'), overlays: {} }, origin);
      say(notes.join(' '));
      return;
    }
    this.#bar.hidden = this.#stop.hidden = false;
    this.#bar.removeAttribute('value');
    say('Loading the model …');
    const model = await this.#load(this.#chosen);
    work.signal.throwIfAborted();
    say('Segmenting …');
    const started = performance.now();
    const found = await model.segment(files, {
      signal: work.signal,
      onProgress: (done, total) => {
        this.#bar.value = done / total;
        say(`Segmenting: ${done} of ${total} windows.`);
      },
    });
    await this.#show(found, files, (performance.now() - started) / 1000);
  }

  async #show(found: Segmentation, files: readonly File[], seconds: number): Promise<void> {
    const { labels, image, engine, notes } = found;
    const overlays = { prediction: layerOf(labels, 'labels') };
    const name = files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`;
    await this.onShow({ image: layerOf(image, 'image'), overlays }, name);
    this.#save.replaceChildren(saveLink(found));
    say([`Segmented in ${seconds.toFixed(1)} s on ${engine}.`, ...notes].join(' '));
  }

  #load(source: string | File): Promise<TrainedModel> {
    const key = typeof source === 'string' ? source : `${source.name} ${source.lastModified}`;
    const known = this.#models.get(key);
    if (known) return known;
    const model = loadHere(source);
    this.#models.set(key, model);
    model.catch(() => this.#models.delete(key)); // the next try may do better
    return model;
  }
}

function saveLink({ labels }: Segmentation): HTMLAnchorElement {
  const file = new Blob([writeNifti(labels, { kind: 'labels' })]);
  return element('a', {
    text: 'Save the labels as NIfTI',
    attributes: { href: URL.createObjectURL(file), download: 'labels.nii', id: 'save' },
  });
}

function listenToDrops(take: (files: readonly File[]) => Promise<void>): void {
  const { body } = document;
  body.addEventListener('dragover', (event) => {
    event.preventDefault();
    body.classList.add('dropping');
  });
  body.addEventListener('dragleave', () => body.classList.remove('dropping'));
  body.addEventListener('drop', (event) => {
    event.preventDefault();
    body.classList.remove('dropping');
    const { dataTransfer } = event;
    if (dataTransfer) void droppedFiles(dataTransfer).then(take).catch(complain);
  });
}
