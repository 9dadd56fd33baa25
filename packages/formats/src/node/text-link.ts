import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Longer texts are no links. */
const LONGEST = 1024;

/**
 * Where a symbolic link points that git has written as a small text file, as it does where a system has
 * no links (`core.symlinks=false`): a file of one line, which is a relative path to something that is
 * there. Undefined for any other file.
 */
export async function textLinkTarget(path: string): Promise<string | undefined> {
  const { size } = await stat(path);
  if (size === 0 || size > LONGEST) return undefined;
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!/^[^\p{Cc}\uFFFD/\\][^\p{Cc}\uFFFD]*\/[^\p{Cc}\uFFFD]+$/u.test(text)) return undefined;
  const target = resolve(dirname(path), text);
  const found = await stat(target).catch(() => undefined);
  return found && target !== path ? target : undefined;
}
