/**
 * The voxmim command line: masked image modeling on 3D medical images.
 *
 * @module
 */
export { main } from './run-cli.js';
export type { ExitCode } from './failure.js';
export type { Terminal } from './terminal.js';
