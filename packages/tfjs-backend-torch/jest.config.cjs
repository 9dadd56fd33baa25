module.exports = { displayName: 'tfjs-backend-torch', ...require('../../jest.preset.cjs') };
