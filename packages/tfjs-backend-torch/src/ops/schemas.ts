/**
 * Every ATen operator that this package calls: `name.overload(Type name, …) -> Type, …`, in the short form
 * of {@link parseSchema}. Operators with a Scalar argument cannot be called through libtorch's C interface.
 */
export const schemas = {
  // products
  mm: 'mm(Tensor self, Tensor mat2) -> Tensor',
  matmul: 'matmul(Tensor self, Tensor other) -> Tensor',
  linear: 'linear(Tensor input, Tensor weight, Tensor? bias) -> Tensor',
  einsum: 'einsum(str equation, Tensor[] tensors, int[]? path) -> Tensor',
  // views
  transpose: 'transpose.int(Tensor self, int dim0, int dim1) -> Tensor',
  permute: 'permute(Tensor self, int[] dims) -> Tensor',
  reshape: 'reshape(Tensor self, int[] shape) -> Tensor',
  select: 'select.int(Tensor self, int dim, int index) -> Tensor',
  slice: 'slice.Tensor(Tensor self, int dim, int? start, int? end, int step) -> Tensor',
  narrow: 'narrow(Tensor self, int dim, int start, int length) -> Tensor',
  expand: 'expand(Tensor self, int[] size, bool implicit) -> Tensor',
  // arrangement
  flip: 'flip(Tensor self, int[] dims) -> Tensor',
  stack: 'stack(Tensor[] tensors, int dim) -> Tensor',
  cat: 'cat(Tensor[] tensors, int dim) -> Tensor',
  pad: 'pad(Tensor self, int[] pad, str mode, float? value) -> Tensor',
  repeat: 'repeat(Tensor self, int[] repeats) -> Tensor',
  clone: 'clone(Tensor self, MemoryFormat? memory_format) -> Tensor',
  contiguous: 'contiguous(Tensor self, MemoryFormat memory_format) -> Tensor',
  toCopy:
    '_to_copy(Tensor self, ScalarType? dtype, Layout? layout, Device? device, bool? pin_memory, bool non_blocking, MemoryFormat? memory_format) -> Tensor',
  // elementwise
  mul: 'mul.Tensor(Tensor self, Tensor other) -> Tensor',
  div: 'div.Tensor(Tensor self, Tensor other) -> Tensor',
  floorDivide: 'floor_divide(Tensor self, Tensor other) -> Tensor',
  remainder: 'remainder.Tensor(Tensor self, Tensor other) -> Tensor',
  pow: 'pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor',
  atan2: 'atan2(Tensor self, Tensor other) -> Tensor',
  maximum: 'maximum(Tensor self, Tensor other) -> Tensor',
  minimum: 'minimum(Tensor self, Tensor other) -> Tensor',
  clamp: 'clamp.Tensor(Tensor self, Tensor? min, Tensor? max) -> Tensor',
  where: 'where.self(Tensor condition, Tensor self, Tensor other) -> Tensor',
  eq: 'eq.Tensor(Tensor self, Tensor other) -> Tensor',
  ne: 'ne.Tensor(Tensor self, Tensor other) -> Tensor',
  lt: 'lt.Tensor(Tensor self, Tensor other) -> Tensor',
  le: 'le.Tensor(Tensor self, Tensor other) -> Tensor',
  gt: 'gt.Tensor(Tensor self, Tensor other) -> Tensor',
  ge: 'ge.Tensor(Tensor self, Tensor other) -> Tensor',
  logicalAnd: 'logical_and(Tensor self, Tensor other) -> Tensor',
  logicalOr: 'logical_or(Tensor self, Tensor other) -> Tensor',
  logicalXor: 'logical_xor(Tensor self, Tensor other) -> Tensor',
  logicalNot: 'logical_not(Tensor self) -> Tensor',
  bitwiseAnd: 'bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor',
  abs: 'abs(Tensor self) -> Tensor',
  acos: 'acos(Tensor self) -> Tensor',
  acosh: 'acosh(Tensor self) -> Tensor',
  asin: 'asin(Tensor self) -> Tensor',
  asinh: 'asinh(Tensor self) -> Tensor',
  atan: 'atan(Tensor self) -> Tensor',
  atanh: 'atanh(Tensor self) -> Tensor',
  ceil: 'ceil(Tensor self) -> Tensor',
  cos: 'cos(Tensor self) -> Tensor',
  cosh: 'cosh(Tensor self) -> Tensor',
  erf: 'erf(Tensor self) -> Tensor',
  exp: 'exp(Tensor self) -> Tensor',
  expm1: 'expm1(Tensor self) -> Tensor',
  floor: 'floor(Tensor self) -> Tensor',
  isinf: 'isinf(Tensor self) -> Tensor',
  isfinite: 'isfinite(Tensor self) -> Tensor',
  isnan: 'isnan(Tensor self) -> Tensor',
  log: 'log(Tensor self) -> Tensor',
  log1p: 'log1p(Tensor self) -> Tensor',
  neg: 'neg(Tensor self) -> Tensor',
  reciprocal: 'reciprocal(Tensor self) -> Tensor',
  relu: 'relu(Tensor self) -> Tensor',
  round: 'round(Tensor self) -> Tensor',
  rsqrt: 'rsqrt(Tensor self) -> Tensor',
  sigmoid: 'sigmoid(Tensor self) -> Tensor',
  sign: 'sign(Tensor self) -> Tensor',
  sin: 'sin(Tensor self) -> Tensor',
  sinh: 'sinh(Tensor self) -> Tensor',
  sqrt: 'sqrt(Tensor self) -> Tensor',
  tan: 'tan(Tensor self) -> Tensor',
  tanh: 'tanh(Tensor self) -> Tensor',
  prelu: '_prelu_kernel(Tensor self, Tensor weight) -> Tensor',
  // reductions
  sum: 'sum.dim_IntList(Tensor self, int[]? dim, bool keepdim, ScalarType? dtype) -> Tensor',
  mean: 'mean.dim(Tensor self, int[]? dim, bool keepdim, ScalarType? dtype) -> Tensor',
  prod: 'prod.dim_int(Tensor self, int dim, bool keepdim, ScalarType? dtype) -> Tensor',
  amax: 'amax(Tensor self, int[] dim, bool keepdim) -> Tensor',
  amin: 'amin(Tensor self, int[] dim, bool keepdim) -> Tensor',
  argmax: 'argmax(Tensor self, int? dim, bool keepdim) -> Tensor',
  argmin: 'argmin(Tensor self, int? dim, bool keepdim) -> Tensor',
  cumsum: 'cumsum(Tensor self, int dim, ScalarType? dtype) -> Tensor',
  softmax: '_softmax(Tensor self, int dim, bool half_to_float) -> Tensor',
  logSoftmax: '_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor',
  // by index
  indexSelect: 'index_select(Tensor self, int dim, Tensor index) -> Tensor',
  index: 'index.Tensor(Tensor self, Tensor?[] indices) -> Tensor',
  indexPut: 'index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate) -> Tensor',
  gather: 'gather(Tensor self, int dim, Tensor index, bool sparse_grad) -> Tensor',
  scatterAdd: 'scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor',
  // windows
  convolution:
    'convolution(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, bool transposed, int[] output_padding, int groups) -> Tensor',
  convolutionBackward:
    'convolution_backward(Tensor grad_output, Tensor input, Tensor weight, int[]? bias_sizes, int[] stride, int[] padding, int[] dilation, bool transposed, int[] output_padding, int groups, bool[] output_mask) -> Tensor, Tensor, Tensor',
  maxPool2d:
    'max_pool2d_with_indices(Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode) -> Tensor, Tensor',
  maxPool2dBackward:
    'max_pool2d_with_indices_backward(Tensor grad_output, Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode, Tensor indices) -> Tensor',
  maxPool3d:
    'max_pool3d_with_indices(Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode) -> Tensor, Tensor',
  maxPool3dBackward:
    'max_pool3d_with_indices_backward(Tensor grad_output, Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode, Tensor indices) -> Tensor',
  avgPool2d:
    'avg_pool2d(Tensor self, int[] kernel_size, int[] stride, int[] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor',
  avgPool2dBackward:
    'avg_pool2d_backward(Tensor grad_output, Tensor self, int[] kernel_size, int[] stride, int[] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor',
  avgPool3d:
    'avg_pool3d(Tensor self, int[] kernel_size, int[] stride, int[] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor',
  avgPool3dBackward:
    'avg_pool3d_backward(Tensor grad_output, Tensor self, int[] kernel_size, int[] stride, int[] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor',
  // networks
  layerNorm:
    'native_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> Tensor, Tensor, Tensor',
  layerNormBackward:
    'native_layer_norm_backward(Tensor grad_out, Tensor input, int[] normalized_shape, Tensor mean, Tensor rstd, Tensor? weight, Tensor? bias, bool[] output_mask) -> Tensor, Tensor, Tensor',
  batchNorm:
    'native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> Tensor, Tensor, Tensor',
  batchNormBackward:
    'native_batch_norm_backward(Tensor grad_out, Tensor input, Tensor? weight, Tensor? running_mean, Tensor? running_var, Tensor? save_mean, Tensor? save_invstd, bool train, float eps, bool[] output_mask) -> Tensor, Tensor, Tensor',
  softmaxBackward:
    '_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor',
  gelu: 'gelu(Tensor self, str approximate) -> Tensor',
  geluBackward: 'gelu_backward(Tensor grad_output, Tensor self, str approximate) -> Tensor',
  attentionCpu:
    '_scaled_dot_product_flash_attention_for_cpu(Tensor query, Tensor key, Tensor value, float dropout_p, bool is_causal, Tensor? attn_mask, float? scale) -> Tensor, Tensor',
  attentionCpuBackward:
    '_scaled_dot_product_flash_attention_for_cpu_backward(Tensor grad_out, Tensor query, Tensor key, Tensor value, Tensor out, Tensor logsumexp, float dropout_p, bool is_causal, Tensor? attn_mask, float? scale) -> Tensor, Tensor, Tensor',
  attentionCuda:
    '_scaled_dot_product_efficient_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, bool compute_log_sumexp, float dropout_p, bool is_causal, float? scale) -> Tensor, Tensor, Tensor, Tensor',
  attentionCudaBackward:
    '_scaled_dot_product_efficient_attention_backward(Tensor grad_out_, Tensor query, Tensor key, Tensor value, Tensor attn_bias, Tensor out, Tensor logsumexp, Tensor philox_seed, Tensor philox_offset, float dropout_p, bool[] grad_input_mask, bool is_causal, float? scale) -> Tensor, Tensor, Tensor, Tensor',
  fusedAdamW:
    '_fused_adamw_(Tensor[] self, Tensor[] grads, Tensor[] exp_avgs, Tensor[] exp_avg_sqs, Tensor[] max_exp_avg_sqs, Tensor[] state_steps, float lr, float beta1, float beta2, float weight_decay, float eps, bool amsgrad, bool maximize, Tensor? grad_scale, Tensor? found_inf) -> ()',
} as const;

export type OperatorName = keyof typeof schemas;
