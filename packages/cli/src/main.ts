/**
 * What the `voxmim` command runs.
 *
 * @module
 */
import { main } from './run-cli.js';

// Libraries that greet on the console must not disturb what goes to stdout.
console.log = console.error;
process.exitCode = await main(process.argv.slice(2));
