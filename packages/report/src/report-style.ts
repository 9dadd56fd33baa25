import { seriesColors } from './chart.js';

const onPaper = (paper: 0 | 1) =>
  seriesColors.map((pair, index) => `--series-${index + 1}: ${pair[paper]};`).join(' ');

/** The only stylesheet of a report. */
export const reportStyle = `
:root {
  --page: #f6f7f9; --card: #ffffff; --ink: #1a2027; --soft: #59636e; --line: #dde2e7;
  ${onPaper(0)} --baseline: #64707d; --grid: #d5dbe1;
  --good: #0b6b4f; --bad: #a12622; --accent: #1f6fb2; --warn-bg: #fff6e0; --warn-line: #d99a1c; --warn-ink: #5c4205;
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 1120px; margin: 0 auto; padding: 56px 32px 96px; }
header { max-width: 100%; }
.eyebrow {
  margin: 0 0 8px; color: var(--soft); font-size: 13px; font-weight: 600; letter-spacing: .08em;
  text-transform: uppercase;
}
h1 { margin: 0 0 24px; font-size: 38px; line-height: 1.15; letter-spacing: -.02em; font-weight: 700; text-wrap: balance; }
h2 { margin: 0 0 20px; font-size: 24px; line-height: 1.25; letter-spacing: -.01em; }
h3 { margin: 0; font-size: 16px; line-height: 1.4; font-weight: 600; }
section { margin-top: 64px; }
.conclusion { margin: 0 0 10px; font-size: 19px; line-height: 1.5; max-width: 46em; text-wrap: pretty; }
.warnings {
  margin: 0 0 24px; padding: 14px 18px; background: var(--warn-bg); color: var(--warn-ink);
  border-left: 4px solid var(--warn-line); border-radius: 6px;
}
.warnings { margin-top: 20px; }
.warnings ul, .notes ul { margin: 4px 0 0; padding-left: 20px; }
.notes ul { color: var(--soft); font-size: 14px; }
nav ul { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 32px 0 0; padding: 14px 0; list-style: none; font-size: 15px; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
a { color: var(--accent); text-underline-offset: 3px; }
dl, dd, figure { margin: 0; }
.highlights {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 16px; margin-top: 32px;
}
.highlights > div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; }
.highlights > div { display: flex; flex-direction: column; justify-content: space-between; gap: 6px; }
.highlights dt { color: var(--soft); font-size: 14px; line-height: 1.35; }
.highlights dd { font-size: 26px; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; font-variant-numeric: tabular-nums; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 20px 22px; margin-bottom: 20px; min-width: 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 20px; align-items: start; }
.charts .card { margin: 0; }
figcaption { display: flex; flex-wrap: wrap; gap: 6px 20px; align-items: baseline; justify-content: space-between; margin-bottom: 12px; }
svg.chart { display: block; width: 100%; height: auto; max-width: 720px; margin: 0 auto; }
.chart text { font-size: 12px; fill: var(--soft); }
.chart text.axis { font-size: 13px; }
.chart path { fill: none; }
.chart .grid { stroke: var(--grid); }
.chart .zero { stroke: var(--ink); }
.chart .line { stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
.chart .dashed { stroke-dasharray: 5 4; }
.chart .dot { fill: currentColor; }
.chart .case { fill: currentColor; stroke: var(--ink); stroke-width: .75; opacity: .75; }
.chart .box { fill: currentColor; fill-opacity: .18; stroke: currentColor; stroke-width: 1.5; }
.chart .median { stroke: var(--ink); stroke-width: 2; }
.chart .pair { stroke: var(--soft); stroke-width: 1; opacity: .5; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0; padding: 0; list-style: none; font-size: 14px; color: var(--soft); }
section > .legend { margin-bottom: 16px; }
.legend li { display: flex; align-items: center; }
.legend svg.chart { width: 22px; height: 10px; margin: 0 8px 0 0; }
.legend .line { stroke-width: 3; }
.chart .equal { stroke: var(--grid); stroke-dasharray: 5 4; }
.swatch { display: inline-block; flex: none; width: 12px; height: 12px; border-radius: 3px; margin-right: 8px; }
.note { margin: 12px 0 0; color: var(--soft); font-size: 14px; line-height: 1.5; max-width: 62em; }
.note.above { margin: 0 0 16px; }
.scroll {
  background:
    linear-gradient(90deg, var(--card) 40%, transparent) 0 0 / 48px 100% no-repeat local,
    linear-gradient(270deg, var(--card) 40%, transparent) 100% 0 / 48px 100% no-repeat local,
    linear-gradient(90deg, rgb(0 0 0 / .22), transparent) 0 0 / 14px 100% no-repeat scroll,
    linear-gradient(270deg, rgb(0 0 0 / .22), transparent) 100% 0 / 14px 100% no-repeat scroll,
    var(--card);
}
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; overflow-wrap: normal; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.short { max-height: 300px; overflow-y: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 15px; }
.table-title { margin: 32px 0 10px; }
h2 + .table-title { margin-top: 0; }
th, td { padding: 10px 18px; text-align: right; vertical-align: baseline; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { color: var(--soft); font-size: 13px; font-weight: 600; border-top: 0; border-bottom: 1px solid var(--line); }
tbody tr:first-child > * { border-top: 0; }
tbody th { text-align: left; font-weight: 500; }
th.text { text-align: left; }
.short tbody th { text-align: right; font-weight: 400; }
.short thead th { position: sticky; top: 0; background: var(--card); }
.short th, .short td { padding: 5px 18px; font-size: 14px; }
tr.group:not(:first-child) > * { border-top: 2px solid var(--line); }
tr.total > * { font-weight: 650; border-top: 2px solid var(--line); }
.mean { display: block; font-weight: 600; }
.range { display: block; color: var(--soft); font-size: 13px; font-weight: 400; }
.none { color: var(--soft); }
td.text { text-align: left; }
.scroll.wide tbody th { position: sticky; left: 0; background: var(--card); }
.verdict { display: block; font-size: 13px; font-weight: 600; }
.verdict.better { color: var(--good); }
.verdict.worse { color: var(--bad); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 16px 12px; }
.pictures > div { background: #000; border-radius: 6px; overflow: hidden; display: flex; flex-direction: column; }
.picture-title { margin: 0; padding: 7px 10px; background: #15191e; color: #d6dce2; font-size: 13px; line-height: 1.35; }
.slices {
  display: flex; overflow-x: auto; scroll-snap-type: x mandatory; margin-top: 16px;
  border: 1px solid var(--line); border-radius: 8px; scrollbar-color: var(--accent) var(--line);
}
.slices:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.slices::-webkit-scrollbar { height: 16px; }
.slices::-webkit-scrollbar-track { background: var(--line); }
.slices::-webkit-scrollbar-thumb { background: var(--accent); border: 3px solid var(--line); border-radius: 8px; }
.slice { flex: 0 0 100%; scroll-snap-align: start; scroll-snap-stop: always; padding: 10px 12px 12px; }
.slice p { margin: 0 0 8px; font-size: 14px; color: var(--soft); font-variant-numeric: tabular-nums; }
.slice p span { float: right; }
.start { scroll-initial-target: nearest; }
.slice svg { display: block; width: 100%; max-height: 300px; margin: auto; }
.slice text { font: 600 6px system-ui, sans-serif; fill: #fff; stroke: #000; stroke-width: 1.2px; paint-order: stroke; }
.pictures img { display: block; width: auto; max-width: 100%; height: auto; margin: auto; }
.inline-facts { display: flex; flex-wrap: wrap; gap: 2px 20px; font-size: 14px; }
.inline-facts > div { display: flex; gap: 6px; }
.inline-facts dt { color: var(--soft); }
.inline-facts dd { font-weight: 600; font-variant-numeric: tabular-nums; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 0 32px; margin-bottom: 24px; }
.facts > div { display: grid; grid-template-columns: 120px 1fr; gap: 12px; padding: 9px 0; border-bottom: 1px solid var(--line); font-size: 15px; }
.facts dt { color: var(--soft); }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--accent); font-size: 14px; font-weight: 600; width: fit-content; }
details[open] > summary { margin-bottom: 10px; }
pre { margin: 0; padding: 16px 18px; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (max-width: 600px) {
  main { padding: 28px 16px 56px; }
  h1 { font-size: 28px; margin-bottom: 18px; }
  h2 { font-size: 21px; margin-bottom: 14px; }
  section { margin-top: 44px; }
  .conclusion { font-size: 17px; }
  .highlights { grid-template-columns: 1fr 1fr; gap: 10px; margin-top: 24px; }
  .highlights > div { padding: 12px 14px; }
  .highlights dd { font-size: 21px; }
  .card { padding: 14px; }
  .chart text, .chart text.axis { font-size: 16px; }
  .cards { border: 0; background: none; overflow: visible; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards table, .cards tbody, .cards tr, .cards th, .cards td { display: block; white-space: normal; }
  .cards tr { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin-bottom: 12px; padding: 6px 0; }
  .cards tbody tr > *, .cards tr.group:not(:first-child) > *, .cards tr.total > * { border: 0; padding: 5px 14px; }
  .cards td { display: grid; grid-template-columns: 1fr auto; gap: 12px; align-items: baseline; }
  .cards td::before { content: attr(data-label); color: var(--soft); font-size: 13px; text-align: left; font-weight: 400; }
  .cards td > div { text-align: right; }
  .pictures { grid-template-columns: 1fr 1fr; gap: 10px; }
  th, td { padding: 9px 12px; }
  .facts > div { grid-template-columns: 104px 1fr; }
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101418; --card: #181d23; --ink: #e6eaee; --soft: #a6b1bc; --line: #2c333b;
    ${onPaper(1)} --baseline: #a6b1bc; --grid: #343b43;
    --good: #5fd0a8; --bad: #ff9d95; --accent: #6db3ee; --warn-bg: #2e2611; --warn-line: #d99a1c; --warn-ink: #f3dca4;
  }
}
@media print {
  body { background: #fff; }
  main { padding: 0; max-width: none; }
  .card, .scroll, tr { break-inside: avoid; }
}
`;
