/**
 * `VOXMIM_TEST_BACKEND=tfjs-node npm run unit` runs every test with TensorFlow there too, where
 * `voxmim backends link-tensorflow` has linked it: tests over all backends have it among them, and
 * those that name none run on it, because TF.js prefers it.
 */
const { homedir } = require('node:os');
const { join } = require('node:path');

const name = process.env.VOXMIM_TEST_BACKEND;
if (name) {
  const folder = process.env.VOXMIM_HOME ?? join(homedir(), '.voxmim');
  // It brings a copy of TF.js of its own, which would warn of registering everything twice.
  require('@tensorflow/tfjs-core').enableProdMode();
  require(join(folder, name, 'node_modules/@tensorflow', name));
}
