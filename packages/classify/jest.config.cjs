module.exports = { displayName: 'classify', ...require('../../jest.backends.cjs') };
