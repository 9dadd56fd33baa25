import { html, type Html } from './html.js';
import type { SliceStack } from './slice-stack.js';

/**
 * Slices of a case beside each other in a strip that shows one at a time: its scroll bar is the slider,
 * arrow keys and a swipe go to the next. Made of markup alone, so that a report still runs no code; a
 * picture that several columns show is in the page once.
 */
export function sliceStrip(stack: SliceStack, { id, name }: { id: string; name: string }): Html {
  const seen = new Set<number>();
  return html`<div
    class="slices"
    role="region"
    tabindex="0"
    aria-label="${name}, slice by slice from the feet up; arrow keys go on"
  >
    ${stack.slices.map(
      (slice, at) =>
        html`<div class="slice${at === stack.start ? ' start' : ''}">
          <p>${slice.name} <span>‹ scroll sideways ›</span></p>
          <div class="pictures">
            ${stack.columns.map(
              (title, column) =>
                html`<div>
                  <span class="picture-title">${title}</span>
                  ${picture(stack, slice.layers[column] ?? [], { id, seen, alt: `${name}: ${title}, ${slice.name}` })}
                </div>`,
            )}
          </div>
        </div>`,
    )}
  </div>`;
}

function picture(
  { width, height, images, left, top }: SliceStack,
  layers: readonly number[],
  { id, seen, alt }: { id: string; seen: Set<number>; alt: string },
): Html {
  const [across, down] = [
    Math.round((100 * width) / Math.max(width, height)),
    Math.round((100 * height) / Math.max(width, height)),
  ];
  const draw = (index: number) => {
    const own = `${id}-image-${index}`;
    if (seen.has(index)) return html`<use href="#${own}" />`;
    seen.add(index);
    return html`<image
      id="${own}"
      width="${across}"
      height="${down}"
      preserveAspectRatio="none"
      href="data:image/png;base64,${images[index] ?? ''}"
    />`;
  };
  return html`<svg role="img" aria-label="${alt}" viewBox="0 0 ${across} ${down}">
    ${layers.map(draw)}
    <text x="2" y="${down / 2 + 2}">${left}</text>
    <text x="${across / 2}" y="6" text-anchor="middle">${top}</text>
  </svg>`;
}
