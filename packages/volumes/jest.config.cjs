module.exports = { displayName: 'volumes', ...require('../../jest.preset.cjs') };
