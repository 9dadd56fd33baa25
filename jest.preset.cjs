const { tmpdir } = require('node:os');
const { join } = require('node:path');

// Tests leave the user's cache alone.
process.env.VOXMIM_CACHE ??= join(tmpdir(), 'voxmim-test-cache');

/** Shared Jest settings; every package's jest.config.cjs spreads this object. */
module.exports = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@voxmim/source', 'node', 'node-addons'] },
  setupFiles: [require.resolve('./tools/test-backends/load-linked.cjs')],
  testMatch: ['<rootDir>/src/**/*.test.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Its only export condition is "import".
    '^nifti-reader-js$': require.resolve('./node_modules/nifti-reader-js/dist/nifti.js'),
  },
  // These publish ES modules only, which Jest's require cannot load as they are.
  transformIgnorePatterns: ['/node_modules/(?!(fast-png|iobuffer|nifti-reader-js|@noble)/)'],
  transform: {
    '/node_modules/(fast-png|iobuffer|nifti-reader-js|@noble)/.+\\.js$': [
      '@swc/jest',
      { module: { type: 'commonjs' } },
    ],
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  restoreMocks: true,
  // A guard against hangs; a busy machine must not fail a test.
  testTimeout: 120_000,
  maxWorkers: 1,
};
