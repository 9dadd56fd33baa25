import { parseConfig } from '@voxmim/core';
import { openBrowser, openView, serveView, writeView } from '@voxmim/viewer';
import type { Command } from 'commander';
import * as z from 'zod';

import { perform, type CommandContext, type CommandResult, type Work } from '../command-context.js';
import { registriesOf } from '../plugin-options.js';

const ViewOptions = z.object({
  open: z.boolean(),
  port: z.coerce.number().int().min(0).max(65_535),
  static: z.string().optional(),
  force: z.boolean().default(false),
});

/** Adds `voxmim view`. */
export function addView(program: Command, context: CommandContext): void {
  program
    .command('view')
    .argument('[paths...]', 'a run, several runs to compare, or a file or folder of volumes')
    .option('--no-open', 'print the address, and leave it to you to open it')
    .option('--port <n>', 'serve on this port (default: one that is free)', '0')
    .option('--static <dir>', 'write the page as files in place of serving it')
    .option('--force', 'replace files that are there; with --static')
    .addHelpText('after', DETAILS)
    .action(async (paths: readonly string[], given: unknown, command: Command) =>
      perform(command, context, async (work) => {
        const options = parseConfig(ViewOptions, given, 'view');
        const files = await openView(paths, { registries: registriesOf(command) });
        const { static: folder, force } = options;
        if (folder === undefined) return serve(files, options, work);
        const bytes = await writeView(files, folder, force);
        return {
          text: `The page is in ${folder} (${(bytes / 1e6).toFixed(0)} MB). Serve the folder, such as by: npx http-server ${folder}`,
          data: { folder, bytes, files: files.size },
        };
      }),
    );
}

async function serve(
  files: Parameters<typeof serveView>[0],
  { port, open }: z.infer<typeof ViewOptions>,
  { monitor }: Work,
): Promise<CommandResult> {
  const view = await serveView(files, { port });
  const { url } = view;
  monitor.note(`The page is at ${url}, for this machine alone. Ctrl-C ends it.`);
  if (open && !(await openBrowser(url)))
    monitor.note('No browser could be started: open it there.');
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
  });
  await view.close();
  return { text: 'The page is closed.', data: { url } };
}

const DETAILS = `
Shows images with truth, prediction and error over them in three planes and 3D, the test cases of a run, worst
first, and its curves while it trains. A scan that is dropped into the page is segmented there by the run's model:
it leaves neither the browser nor this machine. The page is served on 127.0.0.1 under an address nobody can guess.

Examples:
  $ voxmim view runs/few                        the cases of a run, worst first
  $ voxmim view runs/scratch runs/few           two runs side by side
  $ voxmim view scan.nii.gz                     a volume; a folder of them; a DICOM folder
  $ voxmim view                                 an empty page: drop a model (.onnx) and a scan
  $ voxmim view runs/few --static page          files for any web server`;
