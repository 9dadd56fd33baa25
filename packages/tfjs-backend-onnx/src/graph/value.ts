/** The element types a graph may hold; TF.js sees the first three, int64 and uint8 live inside graphs only. */
export type ElementType = 'float32' | 'int32' | 'bool' | 'int64' | 'uint8';

/** Host memory of a value. */
export type HostArray = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** An operator's attribute: an integer, a list of integers, a text, or a real number marked as one. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** Memory of a computed or uploaded value on the device; `host` holds the values until they are uploaded. */
export interface Storage {
  readonly handle: number;
  host: HostArray | undefined;
}

/**
 * One operator application in a trace. The vocabulary is that of ONNX (operator names, attribute names and
 * meaning); nothing here knows how a graph is written to a file or run.
 */
export interface TraceNode {
  /** Grows in recording order, so sorting by it is a topological order. */
  readonly id: number;
  readonly operator: string;
  /** ONNX's own operators, ONNX Runtime's, or operations of the device outside any graph. */
  readonly domain: '' | 'com.microsoft' | 'device';
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly Value[];
  /** The outputs as graph operators compute them, for an operation of the device that a plan cannot use. */
  readonly expansion?: readonly Value[] | undefined;
  /** Name of the TF.js kernel that recorded it, for error messages. */
  readonly kernel: string;
}

/**
 * A tensor of a trace: the output of a node, a small constant that is part of the graph's structure, or
 * stored data, which enters a graph as an input. A pending value becomes a stored one when it is computed.
 */
export class Value {
  /** The node that computes it; cleared once the value is stored. */
  node: TraceNode | undefined = undefined;
  constant: HostArray | undefined = undefined;
  storage: Storage | undefined = undefined;
  /** How many TF.js data buckets hold the value; a pending value that none holds is never computed on its own. */
  holders = 0;
  /** The trace in which the value was last used, so that its memory outlives that trace. */
  usedInTrace = -1;

  constructor(
    readonly dtype: ElementType,
    readonly shape: readonly number[],
  ) {}

  get rank(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  get isPending(): boolean {
    return this.node !== undefined && this.storage === undefined;
  }
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Bytes of one element. */
export function bytesPerElement(dtype: ElementType): number {
  if (dtype === 'int64') return 8;
  return dtype === 'float32' || dtype === 'int32' ? 4 : 1;
}

/** `[2,3]`, as error messages print a shape. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}
