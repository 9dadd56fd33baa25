/**
 * The task `classify`: a class or a value of each volume, over any encoder. A plugin like any other's.
 *
 * @module
 */
import type { Registries } from '@voxmim/core';

import { classificationTask } from './classification-task.js';

export { classificationTask } from './classification-task.js';
export { Classifier, type ClassifierContext } from './classifier.js';
export {
  type ClassifyConfig,
  ClassifyLossConfig,
  classifySchema,
  PoolingConfig,
  TargetConfig,
} from './config.js';
export {
  ClassifyEvaluation,
  evaluateClasses,
  evaluateValues,
  evaluationText,
} from './evaluation.js';
export { auc, rocCurve, type RocPoint } from './metrics/auc.js';
export {
  accuracy,
  balancedAccuracy,
  calibrationBins,
  type CalibrationBin,
  classAuc,
  expectedCalibrationError,
  logLoss,
  type ScoredCase,
} from './metrics/class-metrics.js';
export {
  explainedVariance,
  meanAbsoluteError,
  rootMeanSquaredError,
  type ValuedCase,
} from './metrics/value-metrics.js';
export { pooledWidth, poolFeatures } from './pool-features.js';
export {
  type LinearProbeOptions,
  type ProbedCase,
  probeLinear,
  probeNearest,
  probeNearestValues,
  type ProbeSides,
} from './probe.js';
export { classesIn, classTargets, readTargets, valueTargets } from './read-targets.js';
export { strataOf } from './settle-targets.js';
export { meanOverCrops } from './whole-volume.js';

/** Adds the task `classify`. */
export function register(registries: Registries): void {
  registries.tasks.register(classificationTask);
}
