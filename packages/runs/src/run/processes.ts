import { VoxmimError, type ConfiguredTask, type Exchange, type Registries } from '@voxmim/core';
import { RunFields } from '@voxmim/presets';
import { ownPasses } from '@voxmim/training';
import * as z from 'zod';

import { configureTask } from '../tasks/resolve-task.js';
import type { RunOptions } from './run-options.js';

/** Whether this process writes: the only one does, or the first of several. */
export function leads(exchange: Exchange | undefined): boolean {
  return exchange === undefined || exchange.rank === 0;
}

/** What the first process finds; the others wait for it. */
export async function asFirst(
  exchange: Exchange | undefined,
  ask: () => Promise<boolean>,
): Promise<boolean> {
  if (!exchange) return ask();
  const [found] = await exchange.gather(leads(exchange) ? await ask() : null);
  return found === true;
}

/**
 * The task of a run that several processes share. A step is of as many passes whatever divides them, so that
 * a run can go on with another number of processes; where no passes were asked for, each makes one.
 *
 * @throws `INVALID_CONFIG` where the passes cannot be divided
 */
export async function dividedTask(
  given: ConfiguredTask,
  {
    exchange,
    monitor,
    registries,
  }: Pick<RunOptions, 'exchange' | 'monitor'> & { readonly registries: Registries },
): Promise<ConfiguredTask> {
  if (!exchange) return given;
  const { optimizer, batchSize } = RunFields.parse(given.fields);
  if (optimizer.accumulate > 1) {
    ownPasses(optimizer.accumulate, exchange);
    return given;
  }
  const { size } = exchange;
  monitor?.note?.(
    `${size} processes: each step is of ${size} batches of ${batchSize}, one of each ` +
      `(optimizer.accumulate is ${size}).`,
  );
  const raw = { ...given.fields, optimizer: { ...optimizer, accumulate: size } };
  return configureTask(given.definition, raw, { registries });
}

/**
 * Makes sure that all processes were given the same.
 *
 * @param given what must agree, by what it is called
 * @throws `INVALID_DATA`
 */
export async function checkAgreement(
  exchange: Exchange | undefined,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (!exchange) return;
  for (const [name, value] of Object.entries(given)) {
    const all = (await exchange.gather(JSON.stringify(value))).map(String);
    const other = all.findIndex((text) => text !== all[0]);
    if (other < 0) continue;
    throw new VoxmimError(
      'INVALID_DATA',
      `The processes that train together have different ${name}: process ${other} has not what the first has.`,
      'Start all of them with the same command, from a folder and data that every machine sees.',
      { path: name, reason: 'processes differ' },
    );
  }
}

/**
 * Measures items one by one, each by one of the processes; all of them get everything, in order.
 *
 * @param schema of what is found, which may come from another process
 */
export async function divided<Item, Found>(
  exchange: Exchange | undefined,
  items: readonly Item[],
  measure: (item: Item) => Promise<Found>,
  schema: z.ZodType<Found>,
): Promise<Found[]> {
  const { rank, size } = exchange ?? { rank: 0, size: 1 };
  const found: Found[] = [];
  for (const item of items.filter((_, index) => index % size === rank)) {
    found.push(await measure(item));
  }
  if (!exchange) return found;
  const all = z.array(z.array(schema)).parse(await exchange.gather(found));
  return items.flatMap((_, index) => {
    const turn = Math.floor(index / size);
    return all[index % size]?.slice(turn, turn + 1) ?? [];
  });
}

/** What the exchange of gradients has cost, for whoever sees the run. */
export function trafficText({ size, traffic }: Exchange): string {
  const { sums, bytes, seconds, by } = traffic;
  const [megabytes, milliseconds] = [bytes / 1e6 / sums, (seconds * 1000) / sums];
  return `${size} processes, by ${by}: ${megabytes.toFixed(2)} MB and ${milliseconds.toFixed(1)} ms to add up, on average of ${sums} sums.`;
}
