/** A text with the paths of a data set relative to it. */
export function withoutRoot(text: string, root: string): string {
  const folder = root.replace(/[/\\]+$/, '');
  return folder === '' ? text : text.replaceAll(`${folder}/`, '').replaceAll(`${folder}\\`, '');
}
