require('../../tools/test-backends/name-torch.cjs');

module.exports = { displayName: 'tfjs-backend-torch', ...require('../../jest.preset.cjs') };
