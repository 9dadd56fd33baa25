import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "DistanceField",
     "bootstrapInterval",
     "caseMeans",
     "classMasks",
     "distanceTransform",
     "evaluateCase",
     "formatTable",
     "meanOf",
     "metricNames",
     "scoreOf",
     "summarize",
     "surfaceDistances",
     "surfaceVoxels",
     "wilcoxonSignedRank",
   ]
  `);
});
