/** What is set of an element; texts are texts, never HTML. */
export interface ElementFacts {
  readonly text?: string;
  readonly className?: string;
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onClick?: () => void;
}

/** Makes an element. Names out of files get into the page by `text` alone. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { text, className, title, attributes = {}, onClick }: ElementFacts = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className !== undefined) made.className = className;
  if (title !== undefined) made.title = title;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (onClick) made.addEventListener('click', onClick);
  made.append(...children);
  return made;
}

/** The element of the page with an id. @throws TypeError where the page has none */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found) return found;
  throw new TypeError(`The page has no #${id}.`);
}

/** A button. */
export function button(text: string, onClick: () => void, title?: string): HTMLButtonElement {
  return element('button', {
    text,
    onClick,
    attributes: { type: 'button' },
    ...(title !== undefined && { title }),
  });
}

/** A button that is on or off. */
export function setPressed(made: HTMLButtonElement, pressed: boolean): void {
  made.setAttribute('aria-pressed', String(pressed));
}

/** A list to choose from. */
export function choice(
  label: string,
  options: readonly { readonly value: string; readonly text: string }[],
  onChange: (value: string) => void,
): HTMLLabelElement {
  const select = element(
    'select',
    {},
    options.map(({ value, text }) => element('option', { text, attributes: { value } })),
  );
  select.addEventListener('change', () => onChange(select.value));
  return element('label', {}, [label, select]);
}
