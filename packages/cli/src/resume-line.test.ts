import { againLine } from './resume-line.js';

it('repeats what was asked, and goes on', () => {
  const study = ['study', 'my study.yaml', '--data', 'd', '--jobs', '4', '--force'];
  expect(againLine(study)).toBe("voxmim study 'my study.yaml' --data d --jobs 4 --resume");
  expect(againLine([...study, '--resume'])).toBe(againLine(study));
  expect(againLine(['resume', 'runs/a', '--data', 'new'])).toBe('voxmim resume runs/a --data new');
});
