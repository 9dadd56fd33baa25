module.exports = { displayName: 'formats', ...require('../../jest.preset.cjs') };
