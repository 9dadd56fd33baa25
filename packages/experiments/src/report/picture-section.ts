import { cssColor, labelColor } from '../picture/colors.js';
import { html, trusted, type Html } from './html.js';
import { factList, section } from './layout.js';
import type { PictureExample, ReportContent, ReportPicture } from './report-content.js';

/** Predictions beside the truth. */
export function segmentationSection({ segmentations, classes }: ReportContent): Html | null {
  if (segmentations.length === 0) return null;
  return section(
    'segmentations',
    'Segmentations',
    html`${classLegend(classes)}${segmentations.map(exampleFigure)}`,
  );
}

/** What was hidden and what the model made of it. */
export function reconstructionSection({ reconstructions }: ReportContent): Html | null {
  if (reconstructions.length === 0) return null;
  return section('reconstructions', 'Reconstructions', reconstructions.map(exampleFigure));
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

function exampleFigure({ name, note, facts, columns }: PictureExample): Html {
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
    <p class="note">${note}</p>
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
