import assert from 'node:assert/strict';

import { openView, serveView } from '@voxmim/viewer';
import type { Browser, Page } from 'playwright-core';

import { openPage } from './chromium.mts';

/** Time for a page to compute, on a machine that is busy. */
const PATIENCE = { timeout: 120_000 };

/** Moves the mask of a pretraining, and looks at what becomes of the picture. */
export async function checkMasks(
  browser: Browser,
  masked: string,
  shoot: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const view = await serveView(await openView([masked]));
  try {
    const { page, complaints } = await openPage(browser, `${view.url}?engine=wasm`);
    const most = await errorAt(page, 75);
    assert.equal(await page.locator('.viewport').count(), 3);
    await shoot(page, 'mask');
    const input = async () => page.locator('canvas').first().screenshot();
    const before = await input();
    await page.locator('#mask input[type=range]').fill('0.25');
    const least = await errorAt(page, 25);
    assert.notEqual(least, most);
    assert.ok(!before.equals(await input()), 'the hidden input did not change');
    await page.locator('#mask input[type=number]').fill('7');
    await page.waitForFunction(
      (known) => !document.querySelector('#status')?.textContent.includes(known),
      `mean error there ${least} `,
      PATIENCE,
    );
    await page.locator('#mask select').selectOption('grid');
    await errorAt(page, 88, 87);
    assert.deepEqual(complaints, []);
    console.log(`  the mask slider: mean error ${most} with 75 % hidden, ${least} with 25 %`);
    await page.close();
  } finally {
    await view.close();
  }
}

/** Waits until so many percent are hidden, and reads the error there. */
async function errorAt(page: Page, ...percents: readonly number[]): Promise<string> {
  const text = await page.waitForFunction(
    (wanted) => {
      const said = document.querySelector('#status')?.textContent ?? '';
      return wanted.some((percent) => said.startsWith(`${percent} % hidden`)) ? said : '';
    },
    percents,
    PATIENCE,
  );
  return /mean error there ([\d.]+)/.exec(await text.jsonValue())?.[1] ?? '';
}
