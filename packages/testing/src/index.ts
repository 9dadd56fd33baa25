/**
 * Conformance kits and tensor assertions for voxmim components and for plugins.
 *
 * @module
 */
export {};
