import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "BlockMaskingConfig",
     "ForegroundMaskingConfig",
     "GridMaskingConfig",
     "GroupedMaskingConfig",
     "RandomMaskingConfig",
     "SlabMaskingConfig",
     "blockMasking",
     "blockMaskingDefinition",
     "foregroundMasking",
     "foregroundMaskingDefinition",
     "gridMasking",
     "gridMaskingDefinition",
     "groupedMasking",
     "groupedMaskingDefinition",
     "hiddenVoxels",
     "randomMasking",
     "randomMaskingDefinition",
     "sampleMask",
     "slabMasking",
     "slabMaskingDefinition",
     "tokenMaskFromFlags",
   ]
  `);
});
