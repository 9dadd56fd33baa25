import type { CurveContent } from '../view-content.js';
import { element } from './element.js';

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [320, 170, 46, 22] as const;
const COLORS = ['#6cb6ff', '#ffb000', '#7ee787', '#dc78d2', '#b0b7c3'] as const;

/** Curves of a run as pictures, newest points included. */
export function curveFigures(curves: readonly CurveContent[], run: string): HTMLElement[] {
  return curves.map((chart) =>
    element('figure', {}, [
      element('figcaption', { text: run === '' ? chart.title : `${run}: ${chart.title}` }),
      picture(chart),
      legend(chart),
    ]),
  );
}

function picture({ title, series }: CurveContent): SVGElement {
  const points = series.flatMap((one) => [...one.points]);
  const [left, right] = extremes(points.map(([x]) => x));
  const [low, high] = extremes(points.map(([, y]) => y));
  const place = ([x, y]: readonly [number, number]) =>
    `${(LEFT + ((x - left) / (right - left)) * (WIDTH - LEFT - 6)).toFixed(1)},` +
    (8 + ((high - y) / (high - low)) * (HEIGHT - BOTTOM - 12)).toFixed(1);
  const lines = series.map((one, index) =>
    svg('polyline', {
      points: one.points.map(place).join(' '),
      fill: 'none',
      stroke: COLORS[index % COLORS.length] ?? COLORS[0],
      'stroke-width': '1.6',
      ...(one.dashed && { 'stroke-dasharray': '4 3' }),
    }),
  );
  return svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': title }, [
    ...lines,
    words(shown(high), LEFT - 4, 14, 'end'),
    words(shown(low), LEFT - 4, HEIGHT - BOTTOM, 'end'),
    words(shown(left), LEFT, HEIGHT - 6, 'start'),
    words(shown(right), WIDTH - 6, HEIGHT - 6, 'end'),
  ]);
}

function legend({ series }: CurveContent): HTMLElement {
  const names = series.map(({ name }, index) => {
    const swatch = element('span', { className: 'swatch' });
    swatch.style.background = COLORS[index % COLORS.length] ?? COLORS[0];
    return element('span', { className: 'row quiet' }, [swatch, name]);
  });
  return element('div', { className: 'row' }, names);
}

function words(text: string, x: number, y: number, anchor: string): SVGElement {
  const made = svg('text', { x: String(x), y: String(y), 'text-anchor': anchor });
  made.textContent = text;
  return made;
}

function svg(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly Node[] = [],
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function extremes(values: readonly number[]): readonly [number, number] {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  if (!Number.isFinite(low)) return [0, 1];
  return high > low ? [low, high] : [low, low + 1];
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
