/**
 * Weights as files: safetensors, PyTorch files read without running anything, model packages, the names and
 * axes of others, and the transfer into a model.
 *
 * @module
 */
export { checkFinite } from './finite-tensors.js';
export { type ForeignWeights, recognizeWeights } from './foreign/foreign-weights.js';
export { ModelCard } from './model-package/model-card.js';
export { modelCardText } from './model-package/model-card-text.js';
export { packageEntries, PackageLabel, PackageManifest } from './model-package/package-manifest.js';
export {
  isPackageName,
  type ModelPackage,
  readModelPackage,
  sumOf,
} from './model-package/read-model-package.js';
export { type PackageContent, writeModelPackage } from './model-package/write-model-package.js';
export { decodePytorch } from './pytorch/decode-pytorch.js';
export { decodeSafetensors, type SafetensorsContent } from './safetensors/decode.js';
export { encodeSafetensors, safetensorsChunks } from './safetensors/encode.js';
export type { StoredTensor, StoredValues, TensorMap } from './safetensors/stored-tensor.js';
export { assignAll, loadWeights, readVariables, variablesOf } from './stored-variables.js';
export type { AdaptationGeometry } from './transfer/adapt-tensor.js';
export { formatTransferTable } from './transfer/format-transfer-table.js';
export {
  type TransferEntry,
  type TransferOptions,
  type TransferReport,
  transferWeights,
} from './transfer/transfer-weights.js';
