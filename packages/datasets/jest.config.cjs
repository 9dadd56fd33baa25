module.exports = { displayName: 'datasets', ...require('../../jest.preset.cjs') };
