import { VoxmimError } from '@voxmim/core';
import * as z from 'zod';

/** Where processes find each other that no MPI brings together. */
export interface MeetingPlace {
  readonly host: string;
  readonly port: number;
  /** What tells them from strangers. */
  readonly token: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const Port = z.coerce.number().int().min(1).max(65_535);

/** torchrun listens itself at the port that it names. */
const BESIDE = 4000;
const HIGHEST = 60_000;
/** Slurm names none: one is made of the job's number. */
const SLURM_PORTS = { first: 20_000, count: 20_000 };

/**
 * From torchrun's variables, or Slurm's. `MASTER_ADDR` and `VOXMIM_PORT` come before what is worked out.
 *
 * @throws `INVALID_CONFIG` where there is neither
 */
export function meetingPlace(environment: Environment = process.env): MeetingPlace {
  const job = environment['SLURM_JOB_ID'];
  const host = environment['MASTER_ADDR'] ?? firstNode(environment['SLURM_STEP_NODELIST']);
  const token = [environment['TORCHELASTIC_RUN_ID'], environment['MASTER_PORT'], job].join('/');
  const port = portOf(environment, job);
  if (host !== undefined && port !== undefined) return { host, port, token };
  throw new VoxmimError(
    'INVALID_CONFIG',
    'The processes do not say where they can meet.',
    'Start by torchrun, or set MASTER_ADDR to the machine of the first process and VOXMIM_PORT to a free port of it.',
    { path: host === undefined ? 'MASTER_ADDR' : 'VOXMIM_PORT', received: undefined },
  );
}

function portOf(environment: Environment, job: string | undefined): number | undefined {
  const { VOXMIM_PORT: named, MASTER_PORT: master } = environment;
  if (named) return checkedPort('VOXMIM_PORT', named);
  if (master) {
    const port = checkedPort('MASTER_PORT', master);
    return port < HIGHEST ? port + BESIDE : port - BESIDE;
  }
  const { first, count } = SLURM_PORTS;
  return job ? first + (Number.parseInt(job, 10) % count) : undefined;
}

function checkedPort(path: string, received: string): number {
  const port = Port.safeParse(received);
  if (port.success) return port.data;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${path} is ${received}, which is no port.`,
    'Give a number from 1 to 65535.',
    { path, received },
  );
}

/** `node[03-07,9]` and `node03,node04` both begin with node03. */
function firstNode(list: string | undefined): string | undefined {
  const match = /^([^[,]+)(?:\[(\d+))?/.exec(list ?? '');
  return match ? `${match[1] ?? ''}${match[2] ?? ''}` : undefined;
}
