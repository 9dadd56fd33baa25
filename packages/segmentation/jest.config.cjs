module.exports = { displayName: 'segmentation', ...require('../../jest.backends.cjs') };
