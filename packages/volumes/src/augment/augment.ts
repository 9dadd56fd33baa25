import type { Random, Volume } from '@voxmim/core';

import { coarseDropout } from './coarse/coarse-dropout.js';
import { coarseShuffle } from './coarse/coarse-shuffle.js';
import type { AugmentationConfig } from './config.js';
import { shade } from './intensity/bias-field.js';
import { blur } from './intensity/blur.js';
import { brightness } from './intensity/brightness.js';
import { contrast } from './intensity/contrast.js';
import { gamma } from './intensity/gamma.js';
import { lowerResolution } from './intensity/low-resolution.js';
import { noise } from './intensity/noise.js';
import { scale } from './intensity/scale.js';
import { shift } from './intensity/shift.js';
import type { Sample } from './sample.js';
import { moveVoxels } from './spatial/spatial.js';

/** Changes one crop in place. */
type Change = (image: Volume<Float32Array>, random: Random) => void;

/**
 * Changes a crop at random. What moves voxels moves labels alike, without mixing them; what changes
 * intensities draws for each channel by itself. The affine is left as it was: after a flip it no
 * longer tells the place in the world.
 *
 * Each transform has a stream of its own under `random`: changing one leaves the draws of the others
 * as they were. Where nothing is drawn, the sample given is returned.
 *
 * @param isOwned whether the sample's own voxels may be changed; else it is left as it was
 */
export function augment(
  sample: Sample,
  config: AugmentationConfig,
  random: Random,
  isOwned = false,
): Sample {
  const moved = moveVoxels(sample, config, random.stream('spatial'), isOwned);
  const drawn = intensityChanges(config).flatMap(([name, change]) => {
    const { probability } = config[name];
    const stream = random.stream(name);
    return probability > 0 && stream.uniform() < probability ? [{ change, stream }] : [];
  });
  if (drawn.length === 0) return moved;
  const isFresh = isOwned || moved.image !== sample.image;
  const image = isFresh ? moved.image : { ...moved.image, data: moved.image.data.slice() };
  for (const { change, stream } of drawn) change(image, stream);
  return { ...moved, image };
}

/** In the order in which they happen. */
function intensityChanges(config: AugmentationConfig): [keyof AugmentationConfig, Change][] {
  return [
    ['biasField', (image, random) => shade(image, config.biasField, random)],
    ['noise', eachChannel(noise, config.noise)],
    ['blur', eachChannel(blur, config.blur)],
    ['brightness', eachChannel(brightness, config.brightness)],
    ['contrast', eachChannel(contrast, config.contrast)],
    ['lowResolution', (image, random) => lowerResolution(image, config.lowResolution, random)],
    ['gamma', eachChannel(gamma, config.gamma)],
    ['scale', eachChannel(scale, config.scale)],
    ['shift', eachChannel(shift, config.shift)],
    ['coarseDropout', (image, random) => coarseDropout(image, config.coarseDropout, random)],
    ['coarseShuffle', (image, random) => coarseShuffle(image, config.coarseShuffle, random)],
  ];
}

function eachChannel<Config>(
  change: (image: Volume<Float32Array>, channel: number, config: Config, random: Random) => void,
  config: Config,
): Change {
  return (image, random) => {
    for (let channel = 0; channel < image.channels; channel++) {
      change(image, channel, config, random);
    }
  };
}
