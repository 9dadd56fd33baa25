/**
 * The parts of `@voxmim/training` that need Node.js.
 *
 * @module
 */
export {};
