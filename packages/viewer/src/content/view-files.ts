/** A file of a view: made when it is asked for. */
export interface ViewFile {
  /** Its media type. */
  readonly type: string;
  read(): Promise<Uint8Array>;
}

/**
 * All that a page may ask for, by its address. Nothing else is served: addresses are looked up here, never on a
 * disk.
 */
export type ViewFiles = ReadonlyMap<string, ViewFile>;

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  wasm: 'application/wasm',
  gz: 'application/octet-stream',
  onnx: 'application/octet-stream',
};

/** A file by what makes it; its type is that of its name. */
export function viewFile(name: string, read: () => Promise<Uint8Array>): [string, ViewFile] {
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return [name, { type, read }];
}
