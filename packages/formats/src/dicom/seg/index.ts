/**
 * DICOM Segmentation objects: label maps with references to the images they were made of.
 *
 * @module
 */
export { readDicomSeg, type ReadSeg, SEG_CLASSES } from './read-seg.js';
export { readSegSource, type SegSource } from './seg-source.js';
export { SegmentCodeTable } from './segment-codes.js';
export { type Segment, writeDicomSeg, type WriteSegOptions } from './write-seg.js';
