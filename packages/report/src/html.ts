const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that needs no more escaping. Made by {@link html} and {@link trusted} only. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: text and numbers are escaped, markup is kept, lists are joined. */
export type HtmlPart = string | number | Html | null | readonly HtmlPart[];

/** Builds markup; everything put in is escaped unless it is markup already, so no text can break out. */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const text = literals.reduce((before, literal, index) => {
    const part = index === 0 ? '' : textOf(parts[index - 1] ?? null);
    return before + part + literal;
  }, '');
  return new Html(text);
}

/** Takes text as markup as it is. Only for constants and for what a renderer has escaped. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** Escapes text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
}

function textOf(part: HtmlPart): string {
  if (part === null) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'string') return escapeHtml(part);
  return typeof part === 'number' ? String(part) : part.map(textOf).join('');
}
