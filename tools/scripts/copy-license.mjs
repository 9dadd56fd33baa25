/** Copies the repository's LICENSE beside the package being packed, as its `prepack` script. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

copyFileSync(join(import.meta.dirname, '../../LICENSE'), join(process.cwd(), 'LICENSE'));
