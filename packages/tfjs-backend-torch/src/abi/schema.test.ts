import { parseSchema, shortSchema } from './schema.js';

describe('shortSchema', () => {
  it.each([
    ['mm(Tensor self, Tensor mat2) -> Tensor', 'mm(Tensor, Tensor) -> Tensor'],
    [
      'sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
      'sum.dim_IntList(Tensor, int[]?, bool, ScalarType?) -> Tensor',
    ],
    [
      'slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)',
      'slice.Tensor(Tensor, int, int?, int?, int) -> Tensor',
    ],
    [
      'max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)',
      'max_pool3d_with_indices(Tensor, int[], int[], int[], int[], bool) -> Tensor, Tensor',
    ],
    [
      '_foreach_copy_(Tensor(a!)[] self, Tensor[] src, bool non_blocking=False) -> ()',
      '_foreach_copy_(Tensor[], Tensor[], bool) -> ',
    ],
    ['gelu(Tensor self, *, str approximate="none") -> Tensor', 'gelu(Tensor, str) -> Tensor'],
    [
      "pad(Tensor self, SymInt[] pad, str mode='constant', float? value=None) -> Tensor",
      'pad(Tensor, int[], str, float?) -> Tensor',
    ],
    ['eye(*, SymInt n) -> Tensor', 'eye(int) -> Tensor'],
  ])('shortens %s', (full, short) => {
    expect(shortSchema(full)).toBe(short);
  });
});

describe('parseSchema', () => {
  it('takes types apart', () => {
    expect(parseSchema('all.dim(Tensor self, int[]? dim) -> Tensor, Tensor')).toEqual({
      name: 'all',
      overload: 'dim',
      args: ['Tensor', 'int[]?'],
      results: ['Tensor', 'Tensor'],
    });
    expect(parseSchema('step_(Tensor[] self) -> ()').results).toEqual([]);
  });
});
