import { mapTable } from '../abi/map-table.js';
import type { Tensor } from '../abi/tensor.js';
import type { Torch } from '../abi/torch.js';
import { schemas } from './schemas.js';

type Split<Text extends string> = Text extends `${infer Head}, ${infer Rest}`
  ? [Head, ...Split<Rest>]
  : [Text];

type TypeOf<Entry extends string> = Entry extends `${infer Type} ${string}` ? Type : Entry;

/** What JavaScript gives or gets for a schema's type. */
type Plain<Type extends string> = Type extends `${infer Inner}?`
  ? Plain<Inner> | null
  : Type extends `${infer Inner}[]`
    ? readonly Plain<Inner>[]
    : Type extends 'Tensor'
      ? Tensor
      : Type extends 'bool'
        ? boolean
        : Type extends 'str'
          ? string
          : Type extends 'Device'
            ? readonly [number, number]
            : number;

type PlainAll<Entries extends readonly string[]> = {
  [Index in keyof Entries]: Plain<TypeOf<Entries[Index]>>;
};

type Results<Text extends string> = Text extends '()'
  ? unknown
  : Split<Text> extends [infer Only extends string]
    ? Plain<Only>
    : PlainAll<Split<Text>>;

type Operator<Schema extends string> = Schema extends `${string}(${infer Args}) -> ${infer Result}`
  ? (...args: PlainAll<Split<Args>>) => Results<Result>
  : never;

/** The operators as functions, typed by their schemas. */
export type Operators = {
  readonly [Name in keyof typeof schemas]: Operator<(typeof schemas)[Name]>;
};

/** Makes the functions; each is prepared when it is first called. */
export function bindOperators(torch: Torch): Operators {
  const bound = mapTable(schemas, (schema) => {
    let call: ReturnType<Torch['operator']> | undefined;
    const lazy: ReturnType<Torch['operator']> = (...args) =>
      (call ??= torch.operator(schema))(...args);
    return lazy;
  });
  // Encoders and decoders follow the very texts that the type is made from.
  return bound as unknown as Operators;
}
