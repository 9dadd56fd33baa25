import { cssColor, labelColor } from './picture/colors.js';
import { html, trusted, type Html } from './html.js';
import { factList, section } from './layout.js';
import type { PictureExample, ReportContent, ReportPicture } from './report-content.js';
import { sliceStrip } from './slice-strip.js';

/** Predictions beside the truth. */
export function segmentationSection({ segmentations, classes }: ReportContent): Html | null {
  if (segmentations.length === 0) return null;
  return section('segmentations', 'Segmentations', [
    classLegend(classes),
    exampleFigures(segmentations, 'segmentation'),
  ]);
}

/** What was hidden and what the model made of it. */
export function reconstructionSection({ reconstructions }: ReportContent): Html | null {
  if (reconstructions.length === 0) return null;
  return section(
    'reconstructions',
    'Reconstructions',
    exampleFigures(reconstructions, 'reconstruction'),
  );
}

/** A square in the color that a class has in every picture. */
export function classSwatch(label: number): Html {
  return html`<span
    class="swatch"
    style="background:${trusted(cssColor(labelColor(label)))}"
  ></span>`;
}

function classLegend(classes: readonly string[]): Html | null {
  if (classes.length === 0) return null;
  return html`<ul class="legend">
    ${classes.map((name, index) => html`<li>${classSwatch(index + 1)}${name}</li>`)}
  </ul>`;
}

/** What is to be said of every example alike is said once, above them. */
function exampleFigures(examples: readonly PictureExample[], id: string): Html[] {
  const [first] = examples;
  const shared = first && examples.every(({ note }) => note === first.note) ? first.note : '';
  return [
    ...(shared === '' ? [] : [html`<p class="note above">${shared}</p>`]),
    ...examples.map((example, index) =>
      exampleFigure(shared === '' ? example : { ...example, note: '' }, `${id}-${index + 1}`),
    ),
  ];
}

function exampleFigure({ name, note, facts, columns, slices }: PictureExample, id: string): Html {
  return html`<figure class="card wide">
    <figcaption>
      <h3>${name}</h3>
      ${factList(facts, 'inline-facts')}
    </figcaption>
    <div class="pictures">
      ${columns.map(
        ({ title, picture }) =>
          html`<div>
            <p class="picture-title">${title}</p>
            ${image(picture)}
          </div>`,
      )}
    </div>
    ${slices === null ? null : sliceStrip(slices, { id, name })}
    ${note === '' ? null : html`<p class="note">${note}</p>`}
  </figure>`;
}

function image({ png, width, height, alt }: ReportPicture): Html {
  return html`<img
    src="data:image/png;base64,${png}"
    width="${width}"
    height="${height}"
    alt="${alt}"
  />`;
}
