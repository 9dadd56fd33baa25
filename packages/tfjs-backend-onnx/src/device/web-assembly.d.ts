/** The part of WebAssembly that the device uses; Node's types leave it to the browser's. */
declare namespace WebAssembly {
  class Module {
    readonly brand: symbol;
    constructor(bytes: Uint8Array);
  }

  class Memory {
    readonly buffer: ArrayBuffer;
  }

  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
}
