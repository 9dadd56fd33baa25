/**
 * Uses the viewer and `@voxmim/web` as people do: in headless Chromium, on runs of a few steps.
 * Labels made in the browser are held against the command line's, voxel by voxel.
 *
 *   npm run browser [-- --shots DIR]      skipped, and said so, where there is no chromium
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findChromium, openChromium } from './chromium.mts';
import { checkPage } from './check-page.mts';
import { makeRuns } from './make-runs.mts';

const at = process.argv.indexOf('--shots');
const shots = at < 0 ? undefined : process.argv[at + 1];
if (shots !== undefined) mkdirSync(shots, { recursive: true });

const chromium = findChromium();
if (chromium === undefined) {
  console.log('skipped: the browser; there is no chromium here (VOXMIM_CHROMIUM names one).');
} else {
  const root = mkdtempSync(join(tmpdir(), 'voxmim-browser-'));
  const browser = await openChromium(chromium);
  try {
    const runs = makeRuns(root);
    await checkPage(browser, runs, shots);
    console.log('The browser does what the command line does.');
  } finally {
    await browser.close();
    rmSync(root, { recursive: true, force: true });
  }
}
