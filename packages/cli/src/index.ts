/**
 * The voxmim command line: masked image modeling on 3D medical images.
 *
 * @module
 */
export {};
