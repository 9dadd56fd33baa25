import type { ParameterOwner } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * A bag of variables and sub-modules.
 *
 * Parameters are found by walking public fields, so a field's name, turned from camelCase to
 * snake_case, is its checkpoint key: `decoderBlocks[0].attn.qkv.weight` is saved as
 * `decoder_blocks.0.attn.qkv.weight`. Fields named as PyTorch code names them load its weights
 * without a table. Arrays count their entries; `null` and everything that is neither variable nor module is skipped.
 * Trainable variables are parameters, the others are buffers.
 *
 * Keep injected components in private `#fields`: a module disposes what it walks, and it should
 * walk only what it made.
 */
export abstract class Module implements ParameterOwner {
  namedParameters(): ReadonlyMap<string, tf.Variable> {
    return this.#variables(
      (variable) => variable.trainable,
      (child) => child.namedParameters(),
    );
  }

  namedBuffers(): ReadonlyMap<string, tf.Variable> {
    return this.#variables(
      (variable) => !variable.trainable,
      (child) => child.namedBuffers(),
    );
  }

  /** Frees every variable below; calling it twice is harmless. */
  dispose(): void {
    for (const [, child] of children(this)) child.dispose();
  }

  #variables(
    wanted: (variable: tf.Variable) => boolean,
    below: (child: Module) => ReadonlyMap<string, tf.Variable>,
  ): Map<string, tf.Variable> {
    const found = new Map<string, tf.Variable>();
    for (const [path, child] of children(this)) {
      if (child instanceof Module) {
        for (const [name, variable] of below(child)) found.set(`${path}.${name}`, variable);
      } else if (wanted(child)) found.set(path, child);
    }
    return found;
  }
}

/** The parameters of `owner`, with `prefix.` before each name. */
export function* prefixed(prefix: string, owner: ParameterOwner): Generator<[string, tf.Variable]> {
  for (const [path, variable] of owner.namedParameters()) yield [`${prefix}.${path}`, variable];
}

function* children(node: object): Generator<[string, tf.Variable | Module]> {
  for (const [key, child] of Object.entries(node)) {
    if (child instanceof tf.Variable || child instanceof Module) yield [snakeCase(key), child];
    else if (Array.isArray(child)) {
      for (const [index, nested] of children(child)) yield [`${snakeCase(key)}.${index}`, nested];
    }
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
