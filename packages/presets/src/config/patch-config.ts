/** Fields of a config and what they become; a key may be a dotted path, such as `optimizer.learningRate`. */
export type ConfigPatch = Readonly<Record<string, unknown>>;

/**
 * A config with some fields changed. A mapping is merged field by field, but one that names another
 * component (`name`) takes the place of the old one, whose fields it does not have; lists and all else
 * are replaced.
 *
 * @param base as it stands in a file; left alone
 */
export function patchConfig(base: ConfigPatch, patch: ConfigPatch): ConfigPatch {
  return Object.entries(patch).reduce<ConfigPatch>((config, [key, value]) => {
    const [field = key, ...rest] = key.split('.');
    return { ...config, [field]: patched(config[field], nested(rest, value)) };
  }, base);
}

function patched(old: unknown, value: unknown): unknown {
  if (!isMapping(value)) return value;
  const isOther = isMapping(old) && 'name' in value && value['name'] !== old['name'];
  return patchConfig(isMapping(old) && !isOther ? old : {}, value);
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

function isMapping(value: unknown): value is ConfigPatch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
