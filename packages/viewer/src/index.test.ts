import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "contentFiles",
     "openBrowser",
     "openView",
     "serveView",
     "viewFile",
     "writeView",
   ]
  `);
});
