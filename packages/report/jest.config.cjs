module.exports = { displayName: 'report', ...require('../../jest.preset.cjs') };
