module.exports = { displayName: 'runs', ...require('../../jest.preset.cjs') };
