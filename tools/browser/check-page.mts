import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { readNifti } from '@voxmim/formats';
import { readVolume } from '@voxmim/formats/node';
import { openView, serveView, type ServedView } from '@voxmim/viewer';
import type { Browser, Page } from 'playwright-core';

import { checkMasks } from './check-masks.mts';
import { openPage } from './chromium.mts';
import { type Runs, voxmim } from './make-runs.mts';

/** Time for a page to compute, on a machine that is busy. */
const PATIENCE = { timeout: 120_000 };

type Served = (
  paths: readonly string[],
  work: (view: ServedView) => Promise<void>,
) => Promise<void>;

const served: Served = async (paths, work) => {
  const view = await serveView(await openView(paths));
  await work(view).finally(async () => view.close());
};

/** Uses the page of the viewer: runs, dropped scans, comparisons, masks, bad files. */
export async function checkPage(
  browser: Browser,
  runs: Runs,
  shots: string | undefined,
): Promise<void> {
  const shoot = async (page: Page, name: string) => {
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`) });
  };
  await served([runs.first], async ({ url }) => {
    const { page, complaints } = await openPage(browser, `${url}?engine=wasm`);
    await page.waitForSelector('#cases button[aria-current]', PATIENCE);
    await checkOverlay(page);
    await shoot(page, 'run');
    console.log('  a run: its cases, worst first, with image and overlays drawn');
    // Drawing in 3D by the processor alone takes a while for a large volume.
    await page.locator('#look select').first().selectOption('axial');
    for (const scan of runs.scans) await checkScan(page, scan, runs, shoot);
    await checkBadFiles(page);
    assert.deepEqual(complaints, []);
    await page.close();
  });
  await served([runs.first, runs.second], async ({ url }) => {
    const { page, complaints } = await openPage(browser, url);
    await page.waitForFunction(
      () => document.querySelectorAll('.viewport').length === 2,
      undefined,
      PATIENCE,
    );
    await drawn(page);
    await shoot(page, 'two-runs');
    assert.deepEqual(complaints, []);
    console.log('  two runs side by side');
    await page.close();
  });
  await checkMasks(browser, runs.masked, shoot);
  await checkNarrow(browser, runs, shoot);
}

async function checkScan(
  page: Page,
  scan: string,
  { root, first }: Runs,
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const isFolder = statSync(scan).isDirectory();
  const files = isFolder ? readdirSync(scan).map((name) => join(scan, name)) : scan;
  const started = performance.now();
  await page.setInputFiles('#scan', files);
  await page.waitForSelector('#save', PATIENCE);
  const seconds = (performance.now() - started) / 1000;
  await checkOverlay(page);
  await shoot(page, isFolder ? 'dicom' : 'scan');
  const bytes = await page.evaluate(async () => {
    const link = document.querySelector<HTMLAnchorElement>('#save');
    const blob = await (await fetch(link?.href ?? '')).arrayBuffer();
    return [...new Uint8Array(blob)];
  });
  const out = join(root, 'predictions', basename(scan));
  voxmim('predict', first, scan, '--out', out);
  const [written = ''] = readdirSync(out).filter((name) => name.endsWith('.nii.gz'));
  const wanted = await readVolume(join(out, written));
  const found = readNifti(Uint8Array.from(bytes), 'labels');
  assert.deepEqual(found.shape, wanted.shape);
  const labels = Array.from(wanted.data);
  const differing = labels.filter((label, index) => label !== found.data[index]).length;
  assert.equal(differing, 0, `${differing} voxels of ${basename(scan)} differ`);
  const labeled = labels.filter((label) => label > 0).length;
  assert.ok(labeled > 0, 'the model labels nothing: that proves nothing');
  console.log(
    `  ${isFolder ? 'a DICOM series' : 'a NIfTI file'} segmented in ${seconds.toFixed(1)} s: ` +
      `${labels.length} voxels as the command line has them, ${labeled} of them labeled`,
  );
}

/** Turned off by its key, the prediction is gone from the picture; turned on, it is there. */
async function checkOverlay(page: Page): Promise<void> {
  await drawn(page);
  const picture = async () => page.locator('canvas').first().screenshot();
  const shown = await picture();
  await page.locator('body').press('p');
  await drawn(page);
  assert.ok(!shown.equals(await picture()), 'the prediction is nowhere to be seen');
  await page.locator('body').press('p');
  await drawn(page);
}

/** What is wrong is said in words, and as text. */
async function checkBadFiles(page: Page): Promise<void> {
  const bad: [string, Buffer, RegExp][] = [
    ['half.nii.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), /half\.nii\.gz/],
    ['<img src=x onerror=window.harmed=1>.nii', Buffer.from('no volume'), /<img src=x/],
    ['half.onnx', Buffer.from([8, 9, 58, 120]), /half\.onnx/],
  ];
  for (const [name, buffer, words] of bad) {
    await page.setInputFiles('#scan', { name, buffer, mimeType: 'application/octet-stream' });
    await page.waitForSelector('#status.problem', PATIENCE);
    assert.match((await page.textContent('#status')) ?? '', words);
    await page.evaluate(() => document.querySelector('#status')?.classList.remove('problem'));
  }
  assert.equal(await page.evaluate(() => 'harmed' in window), false);
  assert.equal(await page.locator('img').count(), 0);
  console.log('  damaged files and a hostile name: a sentence each, as text');
}

async function checkNarrow(
  browser: Browser,
  { first }: Runs,
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  await served([first], async ({ url }) => {
    const { page } = await openPage(browser, url, { width: 400, height: 800 });
    await page.waitForSelector('#cases button[aria-current]', PATIENCE);
    await drawn(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 400, `the page is ${width} pixels wide on a screen of 400`);
    await shoot(page, 'narrow');
    console.log('  readable at 400 pixels');
    await page.close();
  });
}

/** Waits until every canvas shows more than its background. */
async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(
    () => !document.querySelector('#status')?.textContent.startsWith('Loading'),
    undefined,
    PATIENCE,
  );
  await page.waitForFunction(
    async () => {
      await new Promise(requestAnimationFrame);
      return [...document.querySelectorAll('canvas')].every((canvas) => canvas.width > 0);
    },
    undefined,
    PATIENCE,
  );
  await page.waitForTimeout(1500);
}
