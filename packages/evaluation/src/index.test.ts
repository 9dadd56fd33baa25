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
     "effectiveRank",
     "embeddingSpread",
     "evaluateCase",
     "evaluateMasks",
     "fillWithVisibleMean",
     "formatCsv",
     "formatTable",
     "hiddenError",
     "inpaintHidden",
     "meanOf",
     "metricNames",
     "probeLinearly",
     "regionMask",
     "resampler",
     "scoreOf",
     "summarize",
     "surfaceDistances",
     "surfaceMetrics",
     "surfaceVoxels",
     "viewAgreement",
     "wilcoxonSignedRank",
   ]
  `);
});
