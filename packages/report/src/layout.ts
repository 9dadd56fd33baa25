import { html, type Html, type HtmlPart } from './html.js';
import type { ReportFact } from './report-content.js';
import type { ScoreInterval } from './score-interval.js';

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
            <path d="M1 5H21" class="line${dashed ? ' dashed' : ''}" style="color:${color}" /></svg
          >${name}
        </li>`,
    )}
  </ul>`;
}

/** A number for a reader: four significant digits, without trailing zeros. */
export function formatNumber(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'not finite';
}

/** A number with so many digits, a real minus, and where asked for a plus. */
export function fixed(value: number, digits: number, signed = false): string {
  const plain = value.toFixed(digits).replace('-', '−');
  return signed && value > 0 ? `+${plain}` : plain;
}

/** A mean, and below it its interval. */
export function interval(score: ScoreInterval | null, digits: number, signed = false): Html | null {
  if (score === null) return null;
  return html`<span class="mean">${fixed(score.mean, digits, signed)}</span>
    <span class="range"
      >${fixed(score.low, digits, signed)} to ${fixed(score.high, digits, signed)}</span
    >`;
}

/** A p-value as it is printed: never a bare 0. */
export function formatP(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

/** A share such as 0.95 as a reader says it. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
