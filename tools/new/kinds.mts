import type { ComponentName } from './component-name.mts';

/** What a kind of component is called, and where its parts go. */
export interface Kind {
  readonly name: string;
  /** Folder below `packages/`. */
  readonly package: string;
  /** Where in the package's `src` the new files go. */
  folder(name: ComponentName): string;
  /** Templates, and what stands in front of each of their exports in the barrel. */
  readonly exports: readonly {
    readonly file: string;
    readonly names: readonly string[];
  }[];
  readonly definition: string;
  /** A component whose row in the package's README the new one's follows. */
  readonly neighbor: string;
  /** The row, its name left out. */
  readonly row: string;
  /** How a YAML picks the component. */
  readonly field: string;
}

/**
 * The kinds. In names and templates `Blank`, `blank` and `blank-` stand for the name of the component, in
 * PascalCase, camelCase and kebab-case.
 */
export const kinds: readonly Kind[] = [
  {
    name: 'encoder',
    package: 'encoders',
    folder: ({ kebab }) => kebab,
    exports: [
      { file: 'config', names: ['BlankConfig'] },
      { file: 'blank-encoder', names: ['BlankEncoder', 'blankDefinition'] },
    ],
    definition: 'blankDefinition',
    neighbor: 'van',
    row: '`BlankEncoder` | take a mask token (SimMIM) | residual convolutions over the grid of tokens |',
    field: 'encoder',
  },
  {
    name: 'objective',
    package: 'objectives',
    folder: ({ kebab }) => kebab,
    exports: [
      { file: 'config', names: ['BlankConfig'] },
      { file: 'blank-objective', names: ['blankDefinition', 'BlankObjective'] },
    ],
    definition: 'blankDefinition',
    neighbor: 'simclr',
    row: '`BlankObjective` | `encodeWithMaskToken` | – |',
    field: 'objective',
  },
  {
    name: 'mask',
    package: 'masking',
    folder: () => '.',
    exports: [
      {
        file: 'blank-masking',
        names: ['blankMasking', 'BlankMaskingConfig', 'blankMaskingDefinition'],
      },
    ],
    definition: 'blankMaskingDefinition',
    neighbor: 'foreground',
    row: 'tokens, uniformly | `round(L r)` |',
    field: 'masking',
  },
  {
    name: 'head',
    package: 'segmentation',
    folder: ({ kebab }) => kebab,
    exports: [
      { file: 'config', names: ['BlankConfig'] },
      { file: 'blank-head', names: ['blankDefinition', 'BlankHead'] },
    ],
    definition: 'blankDefinition',
    neighbor: 'light',
    row: 'every level projected to one width, summed, scored and upsampled |',
    field: 'head',
  },
];
