/**
 * What every package that touches files needs: whole files or none.
 *
 * @module
 */
export { checkOutputs, type OutputCheck, outputPath } from './check-outputs.js';
export { isAlive } from './is-alive.js';
export { partName, sweepParts } from './part-files.js';
export { isAbsent, namesIfThere, readIfThere } from './read-if-there.js';
export { codeOf, reasonOf } from './system-reason.js';
export { type WriteFileOptions, writeFileWhole } from './write-file-whole.js';
