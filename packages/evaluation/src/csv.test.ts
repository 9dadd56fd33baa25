import { csvOf } from './csv.js';

it('lets no text be taken for a formula, and leaves numbers', () => {
  const rows = ['=HYPERLINK("x")', '+1', '-2', '@SUM(A1)', 'a=b'].map((id) => ({ id, value: -1 }));
  expect(csvOf(rows).split('\r\n').slice(1, 6)).toEqual([
    `"'=HYPERLINK(""x"")",-1`,
    `'+1,-1`,
    `'-2,-1`,
    `'@SUM(A1),-1`,
    'a=b,-1',
  ]);
});
