module.exports = { displayName: 'data', ...require('../../jest.preset.cjs') };
