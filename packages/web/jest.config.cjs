module.exports = { displayName: 'web', ...require('../../jest.preset.cjs') };
