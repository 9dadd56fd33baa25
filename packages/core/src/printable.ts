/**
 * Control characters of a terminal (C0 but for line ends and tabs, DEL, C1) and those that turn the
 * direction of text.
 */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text as a terminal or a text file may get it: names out of files cannot clear the screen, set its
 * title or hide what follows. What is left out shows as U+FFFD. JSON has its own escapes and needs none
 * of this.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, '\ufffd');
}
