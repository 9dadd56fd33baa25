/** Lines are never wider, however wide the screen: text that is, is hard to read. */
const WIDEST = 110;

/**
 * Text for a screen: sentences that are too long for it are broken between words. Lines of a table, which
 * are parted by more than one space, stay as they are.
 *
 * @param columns of the screen
 */
export function wrapped(text: string, columns: number): string {
  const width = Math.min(columns, WIDEST);
  return text
    .split('\n')
    .map((line) => (line.length <= width || /\S {2,}\S/.test(line) ? line : broken(line, width)))
    .join('\n');
}

function broken(line: string, width: number): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = indent;
  for (const word of line.trim().split(' ')) {
    const isFirst = current.trim() === '';
    if (!isFirst && current.length + 1 + word.length > width) {
      lines.push(current);
      current = `${indent}  ${word}`;
    } else current = isFirst ? `${current}${word}` : `${current} ${word}`;
  }
  return [...lines, current].join('\n');
}
