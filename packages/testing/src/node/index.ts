/**
 * The kits that need files.
 *
 * @module
 */
export { testReaderConformance, type ReaderCase } from './reader-conformance.js';
export {
  dicomBytes,
  type DicomElements,
  type DicomFileOptions,
  type DicomValue,
} from './dicom-bytes.js';
