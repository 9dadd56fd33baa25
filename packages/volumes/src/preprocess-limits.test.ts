import { preprocess, PreprocessingConfig } from './preprocess.js';

it('refuses a spacing that makes more voxels than fit, before memory is asked for', () => {
  const image = {
    data: Float32Array.from({ length: 64 }, (_, index) => index),
    shape: [4, 4, 4] as const,
    channels: 1,
    affine: [
      [0, 0, 1, 0],
      [0, 1, 0, 0],
      [1, 0, 0, 0],
    ] as const,
  };
  const config = PreprocessingConfig.parse({ spacing: [0.001, 0.001, 0.001] });
  expect(() => preprocess(image, undefined, config, { origin: 'a.nii.gz' })).toThrow(
    /a\.nii\.gz: data\.preprocessing\.spacing .* voxels.*INVALID_CONFIG/s,
  );
});
