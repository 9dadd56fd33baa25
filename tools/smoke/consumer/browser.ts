// Everything tagged env:universal, in one bundle for the browser.
export * as core from '@voxmim/core';
export * as data from '@voxmim/data';
export * as encoders from '@voxmim/encoders';
export * as evaluation from '@voxmim/evaluation';
export * as masking from '@voxmim/masking';
export * as nn from '@voxmim/nn';
export * as objectives from '@voxmim/objectives';
export * as segmentation from '@voxmim/segmentation';
export * as training from '@voxmim/training';
