import { html, type Html, type HtmlPart } from './html.js';
import type { ReportFact, ScoreInterval } from './report-content.js';

/** A part of the page with a heading that links can point to. */
export function section(id: string, title: string, body: HtmlPart): Html {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${title}</h2>
    ${body}
  </section>`;
}

/** Labels and values. */
export function factList(facts: readonly ReportFact[], className: string): Html | null {
  if (facts.length === 0) return null;
  return html`<dl class="${className}">
    ${facts.map(
      ({ label, value }) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** What each line or point of a chart is. */
export function chartLegend(
  entries: readonly { readonly name: string; readonly color: string; readonly dashed?: boolean }[],
): Html {
  return html`<ul class="legend">
    ${entries.map(
      ({ name, color, dashed }) =>
        html`<li>
          <svg viewBox="0 0 22 10" aria-hidden="true" class="chart">
            <path
              d="M1 5H21"
              stroke="${color}"
              stroke-width="3"
              stroke-dasharray="${dashed ? '5 4' : 'none'}"
            /></svg
          >${name}
        </li>`,
    )}
  </ul>`;
}

/** A number for a reader: four significant digits, without trailing zeros. */
export function formatNumber(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'not finite';
}

/** A mean, and below it its interval. */
export function intervalCell(score: ScoreInterval | null, digits: number, signed = false): Html {
  if (score === null) return html`<td><span class="none">–</span></td>`;
  const text = (value: number) => {
    const plain = value.toFixed(digits).replace('-', '−');
    return signed && value > 0 ? `+${plain}` : plain;
  };
  return html`<td>
    <span class="mean">${text(score.mean)}</span>
    <span class="range">${text(score.low)} to ${text(score.high)}</span>
  </td>`;
}
