import { VoxmimError } from '@voxmim/core';
import * as z from 'zod';

/** What started the processes that train together. */
export type Launcher = 'mpich' | 'open-mpi' | 'slurm' | 'torchrun';

/** Which of the processes that train together this one is. */
export interface Ranks {
  readonly rank: number;
  readonly size: number;
  /** Among those of this machine. */
  readonly localRank: number;
  /** Processes of this machine. */
  readonly localSize: number;
  readonly launcher: Launcher;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Names {
  readonly launcher: Launcher;
  readonly rank: string;
  readonly size: string;
  readonly localRank: readonly string[];
  readonly localSize: readonly string[];
}

/**
 * The variables of each launcher. torchrun comes first: srun starts it on each node, and its own variables are
 * handed on. Slurm's are those of a step: a batch script has the others too, though it is one process.
 */
const LAUNCHERS: readonly Names[] = [
  {
    launcher: 'torchrun',
    rank: 'RANK',
    size: 'WORLD_SIZE',
    localRank: ['LOCAL_RANK'],
    localSize: ['LOCAL_WORLD_SIZE'],
  },
  {
    launcher: 'open-mpi',
    rank: 'OMPI_COMM_WORLD_RANK',
    size: 'OMPI_COMM_WORLD_SIZE',
    localRank: ['OMPI_COMM_WORLD_LOCAL_RANK'],
    localSize: ['OMPI_COMM_WORLD_LOCAL_SIZE'],
  },
  {
    launcher: 'mpich',
    rank: 'PMI_RANK',
    size: 'PMI_SIZE',
    localRank: ['MPI_LOCALRANKID', 'SLURM_LOCALID'],
    localSize: ['MPI_LOCALNRANKS', 'SLURM_STEP_TASKS_PER_NODE'],
  },
  {
    launcher: 'slurm',
    rank: 'SLURM_PROCID',
    size: 'SLURM_STEP_NUM_TASKS',
    localRank: ['SLURM_LOCALID'],
    localSize: ['SLURM_STEP_TASKS_PER_NODE'],
  },
];

/**
 * What the environment says of the processes that a launcher (mpirun, torchrun, srun) started together.
 *
 * @returns undefined for a process of its own
 * @throws `INVALID_CONFIG` for numbers that cannot be
 */
export function ranksOf(environment: Environment = process.env): Ranks | undefined {
  const names = LAUNCHERS.find(({ rank, size }) => environment[rank] && environment[size]);
  if (!names) return undefined;
  const size = count(environment, names.size, 1);
  const rank = count(environment, names.rank, 0);
  if (rank >= size) throw invalid(names.rank, environment[names.rank]);
  if (size === 1) return undefined;
  return {
    rank,
    size,
    localRank: first(environment, names.localRank, 0) ?? rank,
    localSize: first(environment, names.localSize, 1) ?? size,
    launcher: names.launcher,
  };
}

/** The first of some variables that is there. */
function first(
  environment: Environment,
  names: readonly string[],
  least: number,
): number | undefined {
  const name = names.find((candidate) => environment[candidate]);
  return name === undefined ? undefined : count(environment, name, least);
}

/** Slurm writes `4(x2)` for four on each of two nodes, and `4,3` for unequal ones. */
function count(environment: Environment, name: string, least: number): number {
  const text = environment[name];
  const [digits] = /^\d+/.exec(text ?? '') ?? [];
  const number = z.coerce.number().int().min(least).safeParse(digits);
  if (digits === undefined || !number.success) throw invalid(name, text);
  return number.data;
}

function invalid(path: string, received: unknown): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    `${path} is ${String(received)}, which is no number of a process.`,
    'Start by mpirun, torchrun or srun, which set it, or unset it to train in one process.',
    { path, received },
  );
}
