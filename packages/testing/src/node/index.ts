/**
 * The kits that need files.
 *
 * @module
 */
export { testReaderConformance, type ReaderCase } from './reader-conformance.js';
