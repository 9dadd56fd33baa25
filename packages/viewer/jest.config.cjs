module.exports = { displayName: 'viewer', ...require('../../jest.preset.cjs') };
