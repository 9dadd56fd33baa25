/** A tensor of ONNX Runtime, as far as it is used. */
export interface OrtTensor {
  readonly dims: readonly number[];
  getData(release?: boolean): Promise<unknown>;
}

/** A session of ONNX Runtime, as far as it is used. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** What is used of ONNX Runtime: `onnxruntime-web`, or `onnxruntime-node` in its place. */
export interface OrtModule {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options?: { executionProviders?: string[] }): Promise<OrtSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'int32',
    values: Float32Array | Int32Array,
    dims: readonly number[],
  ) => OrtTensor;
}

/** What computes. */
export type Engine = 'webgpu' | 'wasm' | 'own';

/** Numbers and their shape. */
export interface ModelArray {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** A model ready to compute. */
export interface ModelSession {
  readonly engine: Engine;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** @returns the named outputs */
  run(
    feeds: Readonly<Record<string, ModelFeed>>,
    outputs: readonly string[],
  ): Promise<readonly ModelArray[]>;
  release(): Promise<void>;
}

/** An input of a model. */
export interface ModelFeed {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
}
