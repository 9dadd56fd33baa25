import { listedCommands } from './command-list.js';
import { createProgram } from './program.js';
import type { Terminal } from './terminal.js';

const terminal: Terminal = {
  out: () => undefined,
  err: () => undefined,
  interactive: false,
  colors: false,
};
const context = { terminal, finish: () => undefined };

jest.mock('@voxmim/runs', () => {
  throw new Error('The work was imported.');
});

it('lists every command without importing what it works with', async () => {
  const help = (await createProgram(context, ['--help'])).helpInformation();

  for (const { name } of listedCommands) expect(help).toMatch(new RegExp(`^ {2}${name} `, 'm'));
});

it('imports a command that the command line names', async () => {
  await expect(createProgram(context, ['--debug', 'pretrain'])).rejects.toThrow(
    'The work was imported.',
  );
});

it('gives a command its sentence and its own options', async () => {
  const program = await createProgram(context, ['help', 'phantom']);
  const phantom = program.commands.find((command) => command.name() === 'phantom');

  expect(phantom?.helpInformation()).toContain('Write synthetic CT volumes');
  expect(phantom?.helpInformation()).toContain('--count');
});
