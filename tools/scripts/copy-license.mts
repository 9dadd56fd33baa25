/**
 * Copies the repository's LICENSE beside every published package, where npm packs it. Run before packing:
 * no script of a package runs in this repository (`.npmrc`), a `prepack` neither.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

import { publicPackages, workspaceRoot } from './workspace.mts';

for (const { folder } of publicPackages()) {
  copyFileSync(join(workspaceRoot, 'LICENSE'), join(folder, 'LICENSE'));
}
