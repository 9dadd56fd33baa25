import { Refusal } from './refusal.mts';

/** A name in the spellings that files, types and configs need. */
export interface ComponentName {
  /** Of files: `large-kernel`. */
  readonly kebab: string;
  /** Of variables, and in configs: `largeKernel`. */
  readonly camel: string;
  /** Of types: `LargeKernel`. */
  readonly pascal: string;
}

/** Words that a name does not end in, as what is generated adds its own. */
const SUFFIX = /-(encoder|objective|mask|masking|head)$/;

/**
 * @param text in kebab-case
 * @throws {@link Refusal} for any other
 */
export function componentName(text: string): ComponentName {
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(text) || text.length > 40) {
    const remedy = 'Use kebab-case of at most 40 letters and digits, such as large-kernel.';
    throw new Refusal(`"${text}" is no name for a component. ${remedy}`);
  }
  if (SUFFIX.test(text)) {
    const shorter = text.replace(SUFFIX, '');
    throw new Refusal(`"${text}" says its kind twice. Call it ${shorter}.`);
  }
  const camel = text.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return { kebab: text, camel, pascal: camel.charAt(0).toUpperCase() + camel.slice(1) };
}

/** `text` with the component's name in place of the templates'. */
export function named(text: string, { kebab, camel, pascal }: ComponentName): string {
  const spelled: Readonly<Record<string, string>> = { 'blank-': `${kebab}-`, blank: camel };
  return text.replace(/blank-|blank|Blank/g, (word) => spelled[word] ?? pascal);
}
