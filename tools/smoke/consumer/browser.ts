// Everything tagged env:universal, in one bundle for the browser.
export * as core from '@voxmim/core';
export * as datasets from '@voxmim/datasets';
export * as encoders from '@voxmim/encoders';
export * as evaluation from '@voxmim/evaluation';
export * as formats from '@voxmim/formats';
export * as masking from '@voxmim/masking';
export * as nn from '@voxmim/nn';
export * as objectives from '@voxmim/objectives';
export * as presets from '@voxmim/presets';
export * as segmentation from '@voxmim/segmentation';
export * as training from '@voxmim/training';
export * as volumes from '@voxmim/volumes';
export * as weights from '@voxmim/weights';
