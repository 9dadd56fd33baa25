module.exports = { displayName: 'tfjs-backend-onnx', ...require('../../jest.preset.cjs') };
