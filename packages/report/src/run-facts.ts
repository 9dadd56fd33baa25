import * as z from 'zod';

import type { ReportFact } from './report-content.js';

/** `run.json`, as runs write it and reports read it; what older versions did not write is optional. */
export const SavedRecord = z.looseObject({
  task: z.string(),
  status: z.string(),
  seed: z.number(),
  startedAt: z.string(),
  seconds: z.number().optional(),
  steps: z.number().optional(),
  voxmim: z.looseObject({ version: z.string(), commit: z.string().optional() }).optional(),
  command: z.string().optional(),
  data: z
    .looseObject({ cases: z.number(), files: z.number(), bytes: z.number(), sha256: z.string() })
    .optional(),
  backend: z.looseObject({ name: z.string(), version: z.string(), device: z.string() }),
  versions: z.record(z.string(), z.string()),
  machine: z.looseObject({
    platform: z.string(),
    processor: z.string(),
    cores: z.number(),
    memoryGiB: z.number(),
  }),
  notes: z.array(z.string()),
});
export type SavedRecord = z.infer<typeof SavedRecord>;

/** The facts of a run's record, for `ReportContent.facts`. */
export function runFacts(record: SavedRecord): ReportFact[] {
  const { backend, machine, versions, voxmim, data } = record;
  const facts: (readonly [string, string | undefined])[] = [
    ['Task', record.task],
    ['Status', record.status],
    ['Started', record.startedAt],
    ['Time', record.seconds === undefined ? undefined : formatDuration(record.seconds)],
    ['Steps', record.steps?.toString()],
    ['Seed', String(record.seed)],
    [
      'voxmim',
      voxmim && [voxmim.version, ...(voxmim.commit ? [voxmim.commit] : [])].join(', commit '),
    ],
    ['Command', record.command],
    ['Data', data && dataWords(data)],
    ['Backend', [backend.name, backend.version].join(' ')],
    ['Device', backend.device],
    ['Machine', `${machine.platform}, ${machine.cores} cores, ${machine.memoryGiB} GiB`],
    ['Processor', machine.processor],
    [
      'Versions',
      Object.entries(versions)
        .map((pair) => pair.join(' '))
        .join(', '),
    ],
  ];
  return facts.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

/** Enough of the checksum to tell data sets apart. */
const CHECKSUM = 12;

function dataWords({ cases, files, bytes, sha256 }: NonNullable<SavedRecord['data']>): string {
  const size = (bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 1 : 0);
  return `${cases} cases, ${files} files, ${size} MiB, fingerprint ${sha256.slice(0, CHECKSUM)}`;
}

/** Hours, minutes and seconds as a reader says them. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0
    ? `${minutes} min ${whole % 60} s`
    : `${seconds < 10 ? Number(seconds.toFixed(1)) : whole} s`;
}
