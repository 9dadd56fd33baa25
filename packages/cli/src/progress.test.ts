import { createProgress } from './progress.js';

it('names of cases cannot write to the terminal by themselves', () => {
  const lines: string[] = [];
  const terminal = {
    out: () => undefined,
    err: (text: string) => void lines.push(text),
    interactive: false,
    colors: false,
  };
  const progress = createProgress(terminal, () => 0);
  progress.progress({ stage: 'segmenting a\u001b[2Jb', done: 1, total: 2, unit: 'windows' });
  expect(lines).toEqual(['segmenting a\ufffd[2Jb: 1/2 windows']);
});
