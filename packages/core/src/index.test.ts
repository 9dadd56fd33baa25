import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "Registry",
     "VoxmimError",
     "affineOf",
     "affinesAgree",
     "composeAffines",
     "createRandom",
     "encodesVisible",
     "encodesWithMaskToken",
     "extent",
     "fillNormal",
     "fillUniform",
     "guessedValue",
     "invertAffine",
     "isUnreadable",
     "isVoxmimError",
     "mapAxes",
     "nearestName",
     "parseConfig",
     "permutation",
     "printable",
     "shape3",
     "spacing3",
     "spacingOf",
     "tile",
     "transformPoint",
     "volumeOf",
     "zipAxes",
   ]
  `);
});
