import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The two packages that bind libtensorflow. */
export type TensorflowPackage = 'tfjs-node' | 'tfjs-node-gpu';

/**
 * The folder that holds a package linked by `linkTensorflow`, with dependencies of its own: npm
 * removes an optional package whose install script fails, and would remove what was built in it.
 *
 * @param environment `VOXMIM_HOME` says where this project keeps what it builds; default `~/.voxmim`
 */
export function linkedFolder(
  name: TensorflowPackage,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return join(environment['VOXMIM_HOME'] ?? join(homedir(), '.voxmim'), name);
}

/** Where the resolution of packages starts that lie in a folder. */
export function originIn(folder: string): string {
  return pathToFileURL(join(folder, 'package.json')).href;
}
