import * as api from './index.js';
import * as node from './node/index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot();
  expect(Object.keys(node).sort()).toMatchInlineSnapshot();
});
