import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import * as jsonc from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';

const boundaries = (depConstraints) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      enforceBuildableLibDependency: true,
      banTransitiveDependencies: true,
      checkNestedExternalImports: true,
      allow: [],
      // Its own entry, `formats/dicom`, is what is loaded late: codecs that only DICOM needs.
      checkDynamicDependenciesExceptions: ['@voxmim/formats'],
      depConstraints,
    },
  ],
});
const below = (sourceTag, ...onlyDependOnLibsWithTags) => ({ sourceTag, onlyDependOnLibsWithTags });

const source = [
  below('layer:contract', 'layer:contract'),
  below('layer:foundation', 'layer:contract', 'layer:foundation'),
  below('layer:component', 'layer:contract', 'layer:foundation'),
  below('layer:testing', 'layer:contract', 'layer:foundation'),
  below('layer:backend', 'layer:backend'),
  below(
    'layer:composition',
    'layer:contract',
    'layer:foundation',
    'layer:component',
    'layer:backend',
  ),
  below(
    'layer:presets',
    'layer:contract',
    'layer:foundation',
    'layer:component',
    'layer:composition',
  ),
  below(
    'layer:runs',
    'layer:contract',
    'layer:foundation',
    'layer:component',
    'layer:composition',
    'layer:presets',
    'layer:backend',
  ),
  below('layer:app', '*'),
  {
    sourceTag: 'env:universal',
    bannedExternalImports: [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-node*',
      '@tensorflow/tfjs-backend-*',
    ],
  },
];
const tests = [below('*', '*')];
const style = {
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: true, allowArray: true, allowNever: true },
  ],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
  ],
};
const typescript = ['packages/*/src/**/*.ts', 'tools/**/*.mts', 'examples/*/src/**/*.ts'];

export default [
  { ignores: ['**/dist', '**/.out-tsc', '**/node_modules', '.nx', '**/voxmim-*/**'] },
  ...nx.configs['flat/base'],
  {
    files: ['**/package.json'],
    languageOptions: { parser: jsonc },
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          buildTargets: ['build'],
          ignoredFiles: ['{projectRoot}/**/*.test.ts', '{projectRoot}/*.config.{mjs,cjs}'],
          ignoredDependencies: [
            '@tensorflow/tfjs-node',
            '@tensorflow/tfjs-node-gpu',
            '@tensorflow/tfjs-core',
            '@niivue/niivue', // bundled into the page of the viewer
          ],
        },
      ],
    },
  },
  ...tseslint.configs.strictTypeChecked.map((config) => ({
    ...config,
    files: typescript,
  })),
  {
    files: ['packages/*/src/**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...boundaries(source),
      'max-lines': ['error', { max: 300, skipComments: true, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true, skipBlankLines: true }],
      ...style,
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use a Random of @voxmim/core.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.object.name='tf'][callee.property.name='tidy'] > :matches(ArrowFunctionExpression, FunctionExpression)[async=true]",
          message: 'tf.tidy cannot free what an async callback allocates.',
        },
        {
          selector:
            "CallExpression[callee.object.name='tf'][callee.property.name='variable'][arguments.length>2]",
          message: 'Variable names are global in tfjs; let the field path name it.',
        },
        {
          selector:
            "CallExpression[callee.object.name='tf'][callee.property.name=/^(einsum|gatherND|conv3dTranspose)$/]",
          message: 'This op has no gradient in tfjs 4.22; see docs/portable-ops.md.',
        },
        {
          selector: 'CallExpression[callee.property.name=/^(dataSync|arraySync)$/]',
          message: 'Blocks the host and needs a canvas on WebGPU; use await tensor.data().',
        },
        {
          selector: "ThrowStatement > NewExpression[callee.name='Error']",
          message: 'Throw a VoxmimError with a code and a remedy.',
        },
      ],
    },
  },
  {
    files: ['packages/*/src/**/*.test.ts'],
    rules: {
      ...boundaries(tests),
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'no-restricted-syntax': 'off',
    },
  },
  {
    files: ['tools/**/*.mts'],
    languageOptions: {
      parserOptions: { project: 'tools/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: style,
  },
  {
    files: ['examples/*/src/**/*.ts'],
    languageOptions: {
      parserOptions: { project: 'examples/*/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: style,
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['console', 'process', 'performance', 'TextEncoder', 'WebAssembly'].map((name) => [
          name,
          false,
        ]),
      ),
    },
    rules: js.configs.recommended.rules,
  },
  // Voxel loops index typed arrays, where `!` says what the loop bounds guarantee.
  {
    files: [
      'packages/{volumes,formats,datasets,evaluation}/src/**/*.ts',
      'packages/report/src/picture/**/*.ts',
      'packages/segmentation/src/sliding-window/*.ts',
    ],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: [
      '**/*.test.ts',
      '**/src/node/**',
      'packages/{runtime,report,runs,cli,viewer,tfjs-backend-onnx,tfjs-backend-torch}/**',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*'],
              message: 'Universal code must run in browsers: move this file under src/node/.',
            },
          ],
        },
      ],
    },
  },
];
