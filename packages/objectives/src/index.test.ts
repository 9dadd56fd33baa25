import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "MaeConfig",
     "MaeObjective",
     "SimclrConfig",
     "SimclrObjective",
     "SimmimConfig",
     "SimmimObjective",
     "denormalizeHidden",
     "gradientMap",
     "maeDefinition",
     "normalizePatches",
     "ntXent",
     "orientationMap",
     "reconstructionLoss",
     "simclrDefinition",
     "simmimDefinition",
     "unitLength",
     "voxelLoss",
   ]
  `);
});
