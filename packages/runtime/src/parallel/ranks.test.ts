import { meetingPlace } from './meeting-place.js';
import { ranksOf } from './ranks.js';

const mpich = { PMI_RANK: '3', PMI_SIZE: '4', MPI_LOCALRANKID: '1', MPI_LOCALNRANKS: '2' };
const openMpi = {
  OMPI_COMM_WORLD_RANK: '3',
  OMPI_COMM_WORLD_SIZE: '4',
  OMPI_COMM_WORLD_LOCAL_RANK: '1',
  OMPI_COMM_WORLD_LOCAL_SIZE: '2',
};
const torchrun = { RANK: '3', WORLD_SIZE: '4', LOCAL_RANK: '1', LOCAL_WORLD_SIZE: '2' };
const slurm = {
  SLURM_PROCID: '3',
  SLURM_STEP_NUM_TASKS: '4',
  SLURM_LOCALID: '1',
  SLURM_STEP_TASKS_PER_NODE: '2(x2)',
};

it.each([
  ['mpich', mpich],
  ['open-mpi', openMpi],
  ['torchrun', torchrun],
  ['slurm', slurm],
  ['torchrun', { ...slurm, PMI_RANK: '0', PMI_SIZE: '2', ...torchrun }],
])('reads the variables of %s', (launcher, environment) => {
  expect(ranksOf(environment)).toEqual({ launcher, rank: 3, size: 4, localRank: 1, localSize: 2 });
});

it.each([
  ['no launcher', {}],
  ['one process', { PMI_RANK: '0', PMI_SIZE: '1' }],
  ['a batch script of Slurm, which is no task of a step', { SLURM_PROCID: '0', SLURM_NTASKS: '8' }],
])('knows %s for a process of its own', (_, environment) => {
  expect(ranksOf(environment)).toBeUndefined();
});

it.each([
  { RANK: 'x', WORLD_SIZE: '2' },
  { RANK: '2', WORLD_SIZE: '2' },
  { RANK: '0', WORLD_SIZE: '0' },
])('refuses numbers that cannot be: %o', (environment) => {
  expect(() => ranksOf(environment)).toThrow('INVALID_CONFIG');
});

it.each([
  [
    { MASTER_ADDR: 'here', MASTER_PORT: '29500' },
    { host: 'here', port: 33500 },
  ],
  [
    { MASTER_ADDR: 'here', MASTER_PORT: '65000' },
    { host: 'here', port: 61000 },
  ],
  [
    { SLURM_STEP_NODELIST: 'gpu[03-07,9]', SLURM_JOB_ID: '40007' },
    { host: 'gpu03', port: 20007 },
  ],
  [
    { SLURM_STEP_NODELIST: 'a1,a2', SLURM_JOB_ID: '5', VOXMIM_PORT: '99' },
    { host: 'a1', port: 99 },
  ],
])('finds where to meet: %o', (environment, place) => {
  expect(meetingPlace(environment)).toMatchObject(place);
});

it('says what is missing where nothing tells a place', () => {
  expect(() => meetingPlace({ MASTER_ADDR: 'here' })).toThrow('VOXMIM_PORT');
});
