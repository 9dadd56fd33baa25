/** Runs publint and "are the types wrong" over every package as it would be published. */
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';

import { publicPackages, workspaceRoot } from './workspace.mts';

const checks = [
  (folder: string) => ['publint', '--strict', folder],
  (folder: string) => ['attw', '--pack', folder, '--profile', 'esm-only', '--quiet'],
];

for (const { folder } of publicPackages()) {
  for (const check of checks) {
    const [tool = '', ...args] = check(folder);
    try {
      execFileSync('npx', [tool, ...args], { cwd: workspaceRoot, encoding: 'utf8', stdio: 'pipe' });
      console.log(`${tool} is content with ${basename(folder)}`);
    } catch (error) {
      console.error(`${tool} finds fault with ${basename(folder)}:`);
      console.error(error instanceof Error ? Reflect.get(error, 'stdout') : error);
      process.exitCode = 1;
    }
  }
}
