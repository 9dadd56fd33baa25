module.exports = { displayName: 'training', ...require('../../jest.preset.cjs') };
