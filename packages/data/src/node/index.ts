/**
 * The parts of `@voxmim/data` that need Node.js.
 *
 * @module
 */
export {};
