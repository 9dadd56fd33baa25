import { parseConfig } from '@voxmim/core';
import type { StartBackendOptions } from '@voxmim/runtime';
import type { Command } from 'commander';
import * as z from 'zod';

/** What computes: the options as they were given. */
export interface BackendCommandOptions {
  readonly backend?: string;
  readonly device?: string;
  readonly precision?: string;
  readonly threads?: string;
}

/** Adds the options that choose what computes. */
export function addBackendOptions(command: Command): Command {
  return addEngineOptions(
    command.option('--backend <name>', 'TF.js backend (default: the best; see "voxmim backends")'),
  );
}

/** Adds the options of every backend. */
export function addEngineOptions(command: Command): Command {
  return command
    .option('--device <name>', 'compute on cpu, cuda, cuda:1 or webgpu (default: the processor)')
    .option('--precision <name>', 'of products in torch: float32, tf32 or bf16 (default: float32)')
    .option('--threads <n>', 'threads of one operation (default: every core)');
}

const Given = z.object({
  backend: z.string().optional(),
  device: z.string().optional(),
  precision: z.string().optional(),
  threads: z.coerce.number().optional(),
});

/** What the command line says, for `startBackend`, which checks it. */
export function startOptionsOf(given: BackendCommandOptions): StartBackendOptions {
  const { backend: prefer, ...engine } = parseConfig(Given, given, 'command line');
  return { prefer, ...engine };
}

/** The same as overrides of a run's config. */
export function backendOverrides(
  { backend, device, precision, threads }: BackendCommandOptions,
  section = '',
): string[] {
  return Object.entries({ backend, device, precision, threads }).flatMap(([field, value]) =>
    value === undefined ? [] : [`${section}${field}=${value}`],
  );
}
