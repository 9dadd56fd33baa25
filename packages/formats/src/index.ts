/**
 * NIfTI bytes to volumes and back, in browsers and in Node.js. DICOM is in `@voxmim/formats/dicom`, files
 * and folders are in `@voxmim/formats/node`.
 *
 * @module
 */
export { DicomStackConfig } from './dicom/stack-config.js';
export type { NiftiVolume } from './nifti/assembler.js';
export { type NiftiDatatypeName, niftiDatatypes } from './nifti/datatype.js';
export type { NiftiExtension } from './nifti/extensions.js';
export { type NiftiHeader, readNiftiHeader } from './nifti/header.js';
export { readNifti } from './nifti/read-nifti.js';
export { writeNifti, type WriteNiftiOptions } from './nifti/write-nifti.js';
