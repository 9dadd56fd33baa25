import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "IdentityConfig",
     "IdentityEncoder",
     "SwinConfig",
     "SwinEncoder",
     "VanConfig",
     "VanEncoder",
     "VitConfig",
     "VitEncoder",
     "identityDefinition",
     "swinDefinition",
     "swinPresets",
     "vanDefinition",
     "vanPresets",
     "vitDefinition",
     "vitPresets",
   ]
  `);
});
