module.exports = { displayName: 'segmentation', ...require('../../jest.preset.cjs') };
