require('../../tools/test-backends/name-torch.cjs');

module.exports = { displayName: 'runtime', ...require('../../jest.preset.cjs') };
