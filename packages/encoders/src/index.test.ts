import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "SwinConfig",
     "SwinEncoder",
     "VanConfig",
     "VanEncoder",
     "VitConfig",
     "VitEncoder",
     "swinDefinition",
     "swinPresets",
     "vanDefinition",
     "vanPresets",
     "vitDefinition",
     "vitPresets",
   ]
  `);
});
