import type { ConstantName } from './abi/library.js';
import type { Tensor } from './abi/tensor.js';
import type { Torch } from './abi/torch.js';
import { TorchBackendError } from './error.js';
import type { TensorType } from './host-transfer.js';

type ElementType = ConstantName &
  ('float32' | 'float64' | 'bfloat16' | 'int32' | 'int64' | 'uint8' | 'bool');

/** libtorch's element types and TF.js's. */
export class ElementTypes {
  readonly #torch: Torch;
  readonly #tfTypes: ReadonlyMap<number, TensorType>;

  constructor(torch: Torch) {
    this.#torch = torch;
    this.#tfTypes = new Map([
      [this.code('float32'), 'float32'],
      [this.code('bfloat16'), 'float32'],
      [this.code('int32'), 'int32'],
      [this.code('bool'), 'bool'],
    ]);
  }

  /** libtorch's number of a type. */
  code(type: ElementType): number {
    return this.#torch.library.constants[type];
  }

  is(tensor: Tensor, type: ElementType): boolean {
    return this.#torch.dtypeOf(tensor) === this.code(type);
  }

  /** The type that TF.js sees; bfloat16 is how some float32 tensors are kept. */
  tfType(tensor: Tensor): TensorType {
    const type = this.#tfTypes.get(this.#torch.dtypeOf(tensor));
    if (type) return type;
    throw new TorchBackendError(
      'INVALID_KERNEL_CALL',
      `A kernel returned a tensor of libtorch's type ${String(this.#torch.dtypeOf(tensor))}.`,
      'Cast it to float32, int32 or bool in the kernel.',
    );
  }
}
