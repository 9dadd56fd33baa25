import { VoxmimError, type VolumeReader, VolumeReaders } from '@voxmim/core';

/**
 * The readers that modules export as `reader`.
 *
 * @throws `LOADING_FAILED` for a module without one
 */
export async function importReaders(modules: readonly string[]): Promise<VolumeReaders> {
  const readers = new VolumeReaders();
  for (const module of modules) {
    const imported: unknown = await import(module);
    if (!exportsReader(imported)) {
      throw new VoxmimError(
        'LOADING_FAILED',
        `${module} exports no "reader".`,
        'Let the "module" of the reader be the URL of a module that exports it as "reader".',
        { path: module, reason: 'no reader' },
      );
    }
    readers.register(imported.reader);
  }
  return readers;
}

function exportsReader(value: unknown): value is { readonly reader: VolumeReader } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'reader' in value &&
    typeof value.reader === 'object' &&
    value.reader !== null &&
    'read' in value.reader &&
    typeof value.reader.read === 'function'
  );
}
