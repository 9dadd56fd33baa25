import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "DistanceField",
     "bootstrapInterval",
     "caseMeans",
     "classMasks",
     "comparePairs",
     "distanceTransform",
     "evaluateCase",
     "evaluateMasks",
     "formatTable",
     "meanOf",
     "metricNames",
     "regionMask",
     "resampler",
     "scoreOf",
     "summarize",
     "surfaceDistances",
     "surfaceMetrics",
     "surfaceVoxels",
     "wilcoxonSignedRank",
   ]
  `);
});
