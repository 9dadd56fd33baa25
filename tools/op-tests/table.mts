/** One of tfjs-core's specs and how it ended. */
export interface SpecResult {
  readonly name: string;
  readonly passed: boolean;
  readonly message: string;
}

/** Which backend was tested with which tfjs-core, and where the report goes. */
export interface TableSubject {
  readonly backend: string;
  readonly version: string;
  readonly table: string;
}

/** Specs of complex numbers, which the backends refuse. */
const COMPLEX = /complex|fft|stft/i;

/** Failures that are understood, by a part of the spec's name. */
const REASONS: readonly (readonly [string, string])[] = [
  ['exp int32', 'exp(10) differs from double precision by one unit in the last place of float32'],
  ['numbers exceed float32 precision', 'tan differs by one unit in the last place of float32'],
  ['upcasts when dtypes dont match', 'its last part adds complex64 numbers, which are refused'],
  ['nonexistent dimension', 'the error carries the op and its shapes besides the expected text'],
];

/** The report: totals per group, then every failure that counts with its reason. */
export function tableOf(
  results: readonly SpecResult[],
  { backend, version, table }: TableSubject,
): string {
  const [excluded, counted] = [true, false].map((wanted) =>
    results.filter(({ name }) => COMPLEX.test(name) === wanted),
  ) as [SpecResult[], SpecResult[]];
  const failures = counted.filter(({ passed }) => !passed);
  const share = (100 * (counted.length - failures.length)) / counted.length;
  return [
    `# tfjs-core's own op tests on the ${backend} backend`,
    '',
    `Written by \`npx tsx tools/op-tests/run.mts --backend ${backend} --table ${table}\` with tfjs-core ${version}.`,
    `Of the specs that count, ${share.toFixed(2)} % pass. Texts, ragged and sparse tensors, resizing of images and`,
    "values-dependent shapes run on TF.js's cpu backend and count.",
    '',
    '| group | specs | passed | failed |',
    '| --- | --- | --- | --- |',
    row('counted', counted),
    row('excluded: complex numbers, refused with an error', excluded),
    row('all', results),
    '',
    '## What fails among those that count',
    '',
    ...failures.map((failure) => `- \`${failure.name}\`: ${reasonOf(failure)}`),
    '',
  ].join('\n');
}

function reasonOf({ name, message }: SpecResult): string {
  const known = REASONS.find(([part]) => name.includes(part))?.[1];
  return known ?? `not understood: ${message.split('\n')[0]?.slice(0, 200) ?? ''}`;
}

function row(name: string, results: readonly SpecResult[]): string {
  const passed = results.filter((result) => result.passed).length;
  return `| ${name} | ${results.length} | ${passed} | ${results.length - passed} |`;
}
