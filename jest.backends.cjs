require('./tools/test-backends/name-torch.cjs');
const preset = require('./jest.preset.cjs');

/** {@link preset} for packages whose tests run on every backend there is. */
module.exports = {
  ...preset,
  setupFiles: [...preset.setupFiles, require.resolve('./tools/test-backends/load-torch.cjs')],
};
