/**
 * Chooses which tokens of a 3D volume to hide; index arithmetic only.
 *
 * @module
 */
export {};
