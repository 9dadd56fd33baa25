import '@tensorflow/tfjs-backend-cpu';

import { createRegistries } from '../registries.js';
import { runFields } from '../config/run-fields.js';
import { buildPretrainModel } from './build-model.js';

const fields = { seed: 1, crop: [16, 16, 16] as const, inChannels: 1 };
const mae = { name: 'mae', decoderDepth: 1 };
const vit = { name: 'vit', embedDim: 12, depth: 1, numHeads: 2 };

/** A stranger's config, or a slip of the keys, must not ask for all memory there is. */
it.each([
  ['encoder', { encoder: { ...vit, embedDim: 60_000 }, objective: mae }],
  ['objective', { encoder: vit, objective: { ...mae, decoderEmbedDim: 60_000 } }],
])(
  'refuses weights out of reach before they are drawn, and names the field: %s',
  (path, config) => {
    const build = () => buildPretrainModel({ ...fields, ...config }, createRegistries());
    expect(build).toThrow(
      new RegExp(`${path}: a weight of .*60000.* takes .* GiB.*INVALID_CONFIG`, 's'),
    );
  },
);

it('refuses a crop out of reach', () => {
  expect(runFields.crop.safeParse([16_000_000, 96, 96]).success).toBe(false);
  expect(runFields.crop.safeParse([512, 512, 512]).success).toBe(true);
});
