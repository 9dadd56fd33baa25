module.exports = { displayName: 'presets', ...require('../../jest.preset.cjs') };
