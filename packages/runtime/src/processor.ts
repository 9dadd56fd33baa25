import { availableParallelism, cpus } from 'node:os';

/** The processor in words, with the threads an engine uses; default: all. */
export function processor(threads: number = availableParallelism()): string {
  const model = cpus()[0]?.model.trim() ?? 'CPU';
  return `${threads} ${threads === 1 ? 'thread' : 'threads'} of ${model}`;
}
