import { comparisonSection } from './comparison-section.js';
import { curveSection } from './curve-section.js';
import { html, trusted, type Html } from './html.js';
import { factList, section } from './layout.js';
import { reconstructionSection, segmentationSection } from './picture-section.js';
import type { ReportContent } from './report-content.js';
import { scoreSection } from './score-section.js';
import { reportStyle } from './report-style.js';

/** Nothing may be loaded or run: a report that says otherwise would not be the one that was written. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * Lays a report out as one HTML file that needs no network, no script and no other file. The same
 * content always gives the same text. Everything in `content` is escaped.
 */
export async function renderReport(content: ReportContent): Promise<string> {
  const sections = [
    await comparisonSection(content.comparison),
    scoreSection(content.tables),
    segmentationSection(content),
    reconstructionSection(content),
    await curveSection(content.curves),
    runSection(content),
  ];
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
        <main>${header(content)} ${sections}</main>
      </body>
    </html> `.toString();
}

function header({ title, conclusion, warnings, highlights }: ReportContent): Html {
  return html`<header>
    <p class="eyebrow">voxmim report</p>
    <h1>${title}</h1>
    ${warningBox(warnings)} ${paragraphs(conclusion)} ${factList(highlights, 'highlights')}
  </header>`;
}

function paragraphs(text: string): Html[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => html`<p class="conclusion">${line}</p>`);
}

function warningBox(warnings: readonly string[]): Html | null {
  if (warnings.length === 0) return null;
  return html`<aside class="warnings" aria-label="Warnings">
    <strong>Read this first</strong>
    <ul>
      ${warnings.map((warning) => html`<li>${warning}</li>`)}
    </ul>
  </aside>`;
}

function runSection({ facts, configs }: ReportContent): Html | null {
  if (facts.length === 0 && configs.length === 0) return null;
  return section(
    'run',
    'What was run',
    html`${factList(facts, 'facts')}
    ${configs.map(
      ({ name, text }) =>
        html`<details>
          <summary>Config: ${name}</summary>
          <pre class="scroll" tabindex="0">${text}</pre>
        </details>`,
    )}`,
  );
}
