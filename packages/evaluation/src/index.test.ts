import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "DistanceField",
     "bootstrapInterval",
     "caseMeans",
     "caseRows",
     "classMasks",
     "comparePairs",
     "distanceTransform",
     "evaluateCase",
     "evaluateMasks",
     "formatCsv",
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
