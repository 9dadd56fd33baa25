import { allWithoutPlaces, withoutPlaces } from './without-places.js';

describe('withoutPlaces', () => {
  it.each([
    ['/home/max/data/imagesTr/a.nii.gz: padded', '…/a.nii.gz: padded'],
    ['path: /srv/scans/Task04', 'path: …/Task04'],
    ['"C:\\Users\\max\\scan.nii" is damaged', '"…/scan.nii" is damaged'],
    ['see file:///home/max/a.html.', 'see …/a.html.'],
    ['from ~/runs/mae, step 3', 'from …/mae, step 3'],
    ['data: [/a/b, /c/d]', 'data: […/b, …/d]'],
  ])('keeps the name alone of %s', (text, told) => {
    expect(withoutPlaces(text)).toBe(told);
  });

  it.each(['0.5 / 0.7', 'hiddenError/model', '../data/a', 'https://x.org/y', '3 mm/s', 'a: 1'])(
    'leaves %s alone',
    (text) => expect(withoutPlaces(text)).toBe(text),
  );

  it('tells what lies in the data set from there, whatever letters its path has', () => {
    const root = '/home/max muster/Task04';

    expect(withoutPlaces(`${root}/imagesTr/a.nii.gz: padded`, [root])).toBe(
      'imagesTr/a.nii.gz: padded',
    );
    expect(withoutPlaces(`path: ${root}\n`, [root])).toBe('path: Task04\n');
  });
});

it('goes through a whole report and leaves its pictures alone', () => {
  const report = { warnings: ['/a/b'], columns: [{ png: 'iVBO/w/0', images: ['/9j/'] }], steps: 3 };

  expect(allWithoutPlaces(report)).toEqual({ ...report, warnings: ['…/b'] });
});
