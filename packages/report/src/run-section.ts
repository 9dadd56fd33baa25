import { html, type Html } from './html.js';
import { factList, section } from './layout.js';
import type { ReportContent } from './report-content.js';

/** What was run, on which cases, with which config. */
export function runSection({
  facts,
  splits,
  configs,
}: Pick<ReportContent, 'facts' | 'splits' | 'configs'>): Html | null {
  if (facts.length === 0 && splits.length === 0 && configs.length === 0) return null;
  return section('run', 'What was run', [
    factList(facts, 'facts'),
    ...splits.map(({ name, ids }) =>
      folded(`${name}: ${ids.length} ${ids.length === 1 ? 'case' : 'cases'}`, ids.join('\n')),
    ),
    ...configs.map(({ name, text }) => folded(`Config: ${name}`, text)),
  ]);
}

function folded(title: string, text: string): Html {
  return html`<details>
    <summary>${title}</summary>
    <pre class="scroll" tabindex="0">${text}</pre>
  </details>`;
}
