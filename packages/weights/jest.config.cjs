module.exports = { displayName: 'weights', ...require('../../jest.preset.cjs') };
