import { type CaseContent, ViewContent } from '../view-content.js';
import { CaseList } from './case-list.js';
import { curveFigures } from './curves.js';
import { byId } from './element.js';
import { errorLayer, fetchLayer, type Layers } from './layers.js';
import { LookPanel } from './look-panel.js';
import { MaskPanel } from './mask-panel.js';
import { SegmentPanel } from './segment-panel.js';
import { Stage } from './stage.js';
import { complain, say } from './status.js';

/** How often a run that trains is asked how far it is. */
const POLL_MS = 3000;

async function fetchContent(): Promise<ViewContent> {
  const response = await fetch('view.json', { cache: 'no-store' });
  if (!response.ok) throw new TypeError(await response.text());
  return ViewContent.parse(await response.json());
}

/** The volumes of a case, once for each run. */
async function layersOf({ image, truth, predictions }: CaseContent): Promise<Layers[]> {
  const shown = await fetchLayer(image, 'image');
  const wanted = truth === null ? undefined : await fetchLayer(truth, 'labels');
  const all = predictions.length > 0 ? predictions : [{ labels: null }];
  return Promise.all(
    all.map(async ({ labels }) => {
      const prediction = labels === null ? undefined : await fetchLayer(labels, 'labels');
      const error = wanted && prediction && errorLayer(wanted.volume, prediction.volume);
      const overlays = {
        ...(wanted && { truth: wanted }),
        ...(prediction && { prediction }),
        ...(error && { error }),
      };
      return { image: shown, overlays };
    }),
  );
}

function captionsOf({ id, predictions }: CaseContent, { runs }: ViewContent): string[] {
  if (predictions.length === 0) return [id];
  return predictions.map(({ dice }, index) => {
    const score = dice === null ? '' : `, Dice ${dice.toFixed(3)}`;
    return `${runs.length > 1 ? `${runs[index]?.name ?? ''}: ` : ''}${id}${score}`;
  });
}

function showCurves({ runs }: ViewContent): void {
  const figures = runs.flatMap(({ name, curves }) =>
    curveFigures(curves, runs.length > 1 ? name : ''),
  );
  byId('curves').replaceChildren(...figures);
}

async function poll(): Promise<void> {
  const content = await fetchContent();
  showCurves(content);
  if (content.runs.some(({ status }) => status === 'running'))
    setTimeout(() => void poll().catch(complain), POLL_MS);
}

/** Of a masked pretraining. */
function maskPanelOf(
  { runs }: ViewContent,
  onShow: ConstructorParameters<typeof MaskPanel>[1],
): MaskPanel | undefined {
  const [run] = runs;
  const model = run?.task === 'pretrain' ? run.model : null;
  return model === null ? undefined : new MaskPanel(model, onShow);
}

async function start(): Promise<void> {
  const content = await fetchContent();
  const title = content.title === '' ? 'voxmim' : content.title;
  document.title = title;
  byId('title').textContent = title;
  showCurves(content);
  const stage = await Stage.open(Math.max(1, content.runs.length), content);
  const look = new LookPanel(stage, content);
  const show = async (layers: readonly Layers[], captions: readonly string[]) => {
    await stage.show(layers, captions);
    look.update();
  };
  const masks = maskPanelOf(content, show);
  const showCase = async (chosen: CaseContent) => {
    if (masks) return masks.take((await fetchLayer(chosen.image, 'image')).volume);
    await show(await layersOf(chosen), captionsOf(chosen, content));
    say('');
  };
  const list = new CaseList(content.cases, (index) => {
    const chosen = content.cases[index];
    if (!chosen) return;
    say(`Loading ${chosen.id} …`);
    showCase(chosen).catch(complain);
  });
  const segment = new SegmentPanel(content.runs, async (layers, caption) => {
    list.clear();
    if (masks) await masks.take(layers.image.volume);
    else await show([layers], [caption]);
  });
  byId('controls').append(...(masks ? [masks.root] : []), look.root, segment.root);
  list.choose(0);
  if (content.runs.some(({ status }) => status === 'running'))
    setTimeout(() => void poll().catch(complain), POLL_MS);
}

start().catch(complain);
