import { caseSection } from './case-section.js';
import { comparisonSection } from './comparison-section.js';
import { curveSection } from './curve-section.js';
import { differenceSection } from './difference-section.js';
import { html, trusted, type Html } from './html.js';
import { factList } from './layout.js';
import { reconstructionSection, segmentationSection } from './picture-section.js';
import type { ReportContent } from './report-content.js';
import { reportStyle } from './report-style.js';
import { runSection } from './run-section.js';
import { scoreSection } from './score-section.js';

/** Nothing may be loaded or run: a report that says otherwise would not be the one that was written. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

const CHARTS = { id: 'charts', title: 'Charts', figure: 'chart' };
const CURVES = { id: 'curves', title: 'Learning curves', figure: 'curve' };

/** The parts of a page in order: what each is called in the list of contents, and how it is made. */
const PARTS = [
  ['comparison', 'What pretraining bought', ({ comparison }) => comparisonSection(comparison)],
  ['differences', 'Better and worse', ({ differences }) => differenceSection(differences)],
  ['scores', 'Scores', ({ tables }) => scoreSection(tables)],
  ['cases', 'Case by case', caseSection],
  ['segmentations', 'Segmentations', segmentationSection],
  ['reconstructions', 'Reconstructions', reconstructionSection],
  ['charts', 'Charts', ({ charts }) => curveSection(CHARTS, charts)],
  ['curves', 'Learning curves', ({ curves }) => curveSection(CURVES, curves)],
  ['run', 'What was run', runSection],
] as const satisfies readonly (readonly [
  id: string,
  title: string,
  make: (content: ReportContent) => Html | null,
])[];

/**
 * Lays a report out as one HTML file that needs no network, no script and no other file. The same
 * content always gives the same text. Everything in `content` is escaped.
 */
export function renderReport(content: ReportContent): string {
  const parts = PARTS.flatMap(([id, title, make]) => {
    const body = make(content);
    return body === null ? [] : [{ id, title, body }];
  });
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <title>${content.title}</title>
        <style>
          ${trusted(reportStyle)}
        </style>
      </head>
      <body>
        <main>${header(content)} ${contents(parts)} ${parts.map(({ body }) => body)}</main>
      </body>
    </html> `.toString();
}

function header({ title, conclusion, warnings, notes, highlights }: ReportContent): Html {
  return html`<header>
    <p class="eyebrow">voxmim report</p>
    <h1>${title}</h1>
    ${paragraphs(conclusion)} ${warningBox(warnings)} ${noteBox(notes)}
    ${factList(highlights, 'highlights')}
  </header>`;
}

function paragraphs(text: string): Html[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => html`<p class="conclusion">${line}</p>`);
}

function warningBox(warnings: readonly string[]): Html | null {
  if (warnings.length === 0) return null;
  return html`<aside class="warnings" aria-label="Warnings">
    <strong>Before you rely on it</strong>
    <ul>
      ${warnings.map((warning) => html`<li>${warning}</li>`)}
    </ul>
  </aside>`;
}

function noteBox(notes: readonly string[]): Html | null {
  if (notes.length === 0) return null;
  return html`<details class="notes">
    <summary>${notes.length === 1 ? '1 note' : `${notes.length} notes`} on the data</summary>
    <ul>
      ${notes.map((note) => html`<li>${note}</li>`)}
    </ul>
  </details>`;
}

function contents(parts: readonly { readonly id: string; readonly title: string }[]): Html | null {
  if (parts.length < 2) return null;
  return html`<nav aria-label="Contents">
    <ul>
      ${parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>`;
}
