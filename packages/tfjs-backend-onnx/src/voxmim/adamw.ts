import { add, divide, multiply, scale, subtract, unary } from '../graph/arithmetic.js';
import { reshape, slice } from '../graph/layout.js';
import { recordMany, scalar } from '../graph/recorder.js';
import type { Value } from '../graph/value.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';

/** Registers the AdamW update of one parameter. */
export function registerAdamWKernel(): void {
  kernel('VoxmimAdamW', adamW);
}

/**
 * The device does it in one pass; the operators recorded here stand in where it cannot.
 * Numbers of the step are combined as scalars first, so that each pass over the parameter does one thing.
 * With r = 1/sqrt(biasCorrection2): lr m / (r sqrt(v) + eps) = (lr / r) m / (sqrt(v) + eps / r).
 */
function adamW(call: KernelCall): Value[] {
  const param = call.input('param');
  const grad = call.input('grad');
  const hyper = call.input('hyper');
  const [beta1, beta2] = [call.number('beta1'), call.number('beta2')];
  const at = (index: number): Value => reshape(slice(hyper, [index], [1]), []);
  const [rate, rootCorrection, decay, gradientScale, epsilon] = [at(0), at(1), at(2), at(3), at(4)];
  const first = add(
    scale(call.input('firstMoment'), beta1),
    multiply(grad, multiply(gradientScale, scalar(1 - beta1))),
  );
  const squares = multiply(multiply(gradientScale, gradientScale), scalar(1 - beta2));
  const second = add(
    scale(call.input('secondMoment'), beta2),
    multiply(multiply(grad, squares), grad),
  );
  const spread = add(unary('Sqrt', second), divide(epsilon, rootCorrection));
  const update = divide(multiply(first, divide(rate, rootCorrection)), spread);
  const expansion = [subtract(multiply(param, decay), update), first, second];
  const inputs = [param, grad, call.input('firstMoment'), call.input('secondMoment'), hyper];
  const attributes = { beta1: { float: beta1 }, beta2: { float: beta2 } };
  return recordMany('AdamW', inputs, [param, param, param], attributes, 'device', expansion);
}
