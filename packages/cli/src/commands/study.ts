import { parseConfig, type Registries, type RunMonitor, type StageProgress } from '@voxmim/core';
import {
  formatStudyPlan,
  gatherStudy,
  launchProcesses,
  planStudy,
  readStudyConfig,
  runStudy,
  runStudyJob,
  slurmScripts,
  submitStudy,
  type Study,
} from '@voxmim/runs';
import type { Command } from 'commander';
import { availableParallelism } from 'node:os';
import * as z from 'zod';

import { backendOverrides } from '../backend-options.js';
import { commandLine } from '../command-line.js';
import {
  type CommandContext,
  type CommandResult,
  type GlobalOptions,
  perform,
  type Work,
} from '../command-context.js';
import { registriesOf } from '../plugin-options.js';
import { againLine } from '../resume-line.js';
import { addRunOptions, collect, outputOf, type RunCommandOptions } from '../run-options.js';
import { studyEnd } from '../study-end.js';

interface StudyCommandOptions extends RunCommandOptions {
  readonly jobs?: string;
  readonly slurm?: boolean;
  readonly sbatch: readonly string[];
  readonly only?: string;
  readonly gather?: boolean;
}

/** Adds `voxmim study`. */
export function addStudy(program: Command, context: CommandContext): void {
  addRunOptions(program.command('study'))
    .argument('<config>', 'YAML file of the study')
    .option('--jobs <n>', 'run so many of its runs at a time, each as a process of its own')
    .option('--slurm', 'submit its runs as array jobs; --jobs bounds how many run at a time')
    .option('--sbatch <option>', 'handed to sbatch, such as --gres=gpu:1; repeatable', collect, [])
    .option('--only <run>', 'run one of its runs, by the name that --dry-run lists')
    .option('--gather', 'make the report of the runs that are complete, and run nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: StudyCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const { data, set } = options;
        const registries = registriesOf(command);
        const study = await readStudyConfig(path, {
          ...{ registries, set },
          shared: [
            ...(data === undefined ? [] : [`data.path=${data}`]),
            ...backendOverrides(options),
          ],
        });
        const { allowPlugin: allowed = [] } = command.optsWithGlobals<GlobalOptions>();
        return carryOut(study, path, { options, work, registries, allowed });
      }),
    );
}

interface Given {
  readonly options: StudyCommandOptions;
  readonly work: Work;
  readonly registries: Registries;
  /** Plugins that the user allowed by name. */
  readonly allowed: readonly string[];
}

async function carryOut(study: Study, path: string, given: Given): Promise<CommandResult> {
  const { options, work, registries, allowed } = given;
  const { resume = false, force = false, dryRun, gather, only, slurm } = options;
  const out = outputOf(options, path);
  if (gather) return studyEnd(await gatherStudy(study, { out, registries }), againLine());
  if (slurm) return submit(study, out, given);
  if (dryRun) {
    const { monitor } = work;
    const plan = await planStudy(study, { monitor, out, registries, resume, force });
    return { text: formatStudyPlan(plan), data: { plan } };
  }
  const run = { ...work, out, registries, resume, force, command: commandLine() };
  if (only !== undefined) {
    const status = await runStudyJob(study, only, { ...run, monitor: toldTo(work.monitor) });
    return { text: `${only}: ${status}.`, data: { status, run: only }, ok: status === 'completed' };
  }
  const jobs = widthOf(options);
  const launch = jobs === null ? {} : { jobs, launch: processes(study, out, jobs, allowed) };
  return studyEnd(await runStudy(study, { ...run, ...launch }), againLine());
}

function processes(study: Study, out: string, jobs: number, allowed: readonly string[]) {
  const asked = study.arms[0]?.budgets[0]?.settings[0]?.config.threads ?? null;
  const share = Math.max(1, Math.floor(availableParallelism() / jobs));
  return launchProcesses({ out, command: ownCommand(allowed), threads: asked ?? share });
}

async function submit(
  study: Study,
  out: string,
  { options, allowed }: Given,
): Promise<CommandResult> {
  const { resume = false, force = false, sbatch, dryRun } = options;
  const width = widthOf(options) ?? 16;
  const slurm = { out, command: ownCommand(allowed), width, options: sbatch, resume, force };
  if (dryRun) {
    const scripts = await slurmScripts(study, slurm);
    return { text: scripts.map(({ text }) => text).join('\n'), data: { scripts } };
  }
  const submitted = await submitStudy(study, slurm);
  const lines = submitted.map(({ stage, job, runs }) =>
    runs > 0 ? `${stage}: ${runs} runs as job ${job}` : `${stage}: job ${job}`,
  );
  return {
    text: [...lines, `The report will be in ${out}.`].join('\n'),
    data: { out, submitted },
  };
}

/** A run that another process started tells it how far it is, and stops when that one is gone. */
function toldTo(monitor: Required<RunMonitor>): RunMonitor {
  const send = process.send?.bind(process);
  if (!send) return monitor;
  process.once('disconnect', () => process.kill(process.pid, 'SIGINT'));
  // Listening alone must not keep a run alive that is over.
  process.channel?.unref();
  return { ...monitor, progress: (progress: StageProgress) => void send(progress) };
}

/** What starts this command line anew, with the plugins that it was allowed. */
function ownCommand(allowed: readonly string[]): string[] {
  const allow = allowed.flatMap((name) => ['--allow-plugin', name]);
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...allow];
}

function widthOf({ jobs }: StudyCommandOptions): number | null {
  return jobs === undefined ? null : parseConfig(z.coerce.number().int().min(1), jobs, '--jobs');
}

const EXAMPLES = `
Examples:
  $ voxmim study recipes/hippocampus/study.yaml --data ./Task04_Hippocampus --out runs/study
  $ voxmim study study.yaml --dry-run                 arms, runs and steps; checks every config
  $ voxmim study study.yaml --out runs/study --jobs 4             four runs at a time
  $ voxmim study study.yaml --out runs/study --jobs 4 --resume    go on; complete runs are kept
  $ voxmim study study.yaml --slurm --jobs 8 --sbatch=--gres=gpu:1 --sbatch=--time=4:00:00
  $ voxmim study study.yaml --out runs/study --gather             report what is complete so far
  $ voxmim study study.yaml --set labels=[5,10] --set seeds=[0,1,2] --set pretrain.steps=500

A config names arms as changes to one pretraining and one fine-tuning; axes multiply them:
  arms: { scratch: {}, mae: { pretrain: {} }, frozen: { pretrain: {}, finetune: { freeze.encoder: true } } }
  axes: { ratio: { field: pretrain.masking.maskRatio, values: [0.3, 0.6, 0.75] } }
  labels: [2, 5, all]
  seeds: [0, 1, 2, 3, 4]

All fields: voxmim schema study; a worked example: docs/study.md`;
