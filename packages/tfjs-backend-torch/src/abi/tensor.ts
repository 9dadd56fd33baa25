/** A tensor of libtorch: one handle, which whoever keeps the tensor must free. */
export class Tensor {
  /** Outlives the kernel that made it: see `Torch.scope`. */
  kept = false;

  constructor(readonly handle: number) {}
}

/** What an operator may be given or give back. */
export type Value = Tensor | number | boolean | string | null | readonly Value[];

/** Whether a value is a list. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
