import { spawn } from 'node:child_process';
import { platform } from 'node:os';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/**
 * Opens an address in the user's browser.
 *
 * @returns false where there is none to be had, as over ssh
 */
export async function openBrowser(url: string): Promise<boolean> {
  const [program, ...words] = OPENERS[platform()] ?? ['xdg-open'];
  const child = spawn(program, [...words, url], { detached: true, stdio: 'ignore' });
  child.unref();
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
  });
}
