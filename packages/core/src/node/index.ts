/**
 * What every package that touches files needs: whole files or none.
 *
 * @module
 */
export { reasonOf } from './system-reason.js';
export { writeFileWhole } from './write-file-whole.js';
