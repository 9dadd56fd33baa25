import { existsSync } from 'node:fs';

import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where chromium lies: `VOXMIM_CHROMIUM`, or the usual places. */
export function findChromium(): string | undefined {
  const named = process.env['VOXMIM_CHROMIUM'];
  return (named === undefined ? PLACES : [named]).find((path) => existsSync(path));
}

/** Starts it without a screen, drawing WebGL by the processor. */
export async function openChromium(executablePath: string): Promise<Browser> {
  const drawing = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...drawing] });
}

/** A page that fails the check with whatever it complains of. */
export async function openPage(
  browser: Browser,
  url: string,
  viewport = { width: 1280, height: 800 },
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(120_000); // a busy machine must not fail a check
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  page.on('request', (request) => {
    const isOwn =
      /^(blob|data):/.test(request.url()) || request.url().startsWith(new URL(url).origin);
    if (!isOwn) complaints.push(`asked elsewhere: ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}
