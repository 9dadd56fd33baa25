import * as api from './index.js';
import * as node from './node/index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "Registry",
     "VolumeReaders",
     "VoxmimError",
     "affineOf",
     "affinesAgree",
     "composeAffines",
     "createRandom",
     "describeValue",
     "deviceNames",
     "encodesVisible",
     "encodesWithMaskToken",
     "extent",
     "fillNormal",
     "fillUniform",
     "hasResidualStream",
     "invertAffine",
     "isUnreadable",
     "isVoxmimError",
     "mapAxes",
     "nearestName",
     "noConsent",
     "parseConfig",
     "permutation",
     "precisionNames",
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
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
   [
     "reasonOf",
     "writeFileWhole",
   ]
  `);
});
