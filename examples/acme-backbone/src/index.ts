import type { Registries } from '@voxmim/core';

import { acmeBackbone } from './backbone.js';
import { AcmeConfig } from './config.js';

export { acmeBackbone, AcmeConfig };

/** Called by voxmim for every run whose config names this package under `plugins`. */
export function register(registries: Registries): void {
  registries.encoders.register({
    name: 'acme/conv',
    config: AcmeConfig,
    // Lets a config that does not fit be refused at once; without it, when the model is built.
    offers: ['encodeWithMaskToken', 'hierarchicalLevels'],
    create: acmeBackbone,
  });
}
