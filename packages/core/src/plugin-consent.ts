/** A plugin as it was found, before any of it ran. */
export interface LocatedPlugin {
  readonly name: string;
  /** The file that would be imported, links resolved; undefined where it is not installed. */
  readonly entry: string | undefined;
}

/**
 * Decides whether a plugin that a config names may run. A plugin is a program with all rights of the
 * user, and a config may be anybody's, so the answer must never be taken from the config or from its
 * folder.
 */
export interface PluginConsent {
  /** @param origin the config or checkpoint that names it, as a path where it has one */
  allows(plugin: LocatedPlugin, origin: string): Promise<boolean>;
  /** What the user can do to allow plugins: one sentence. */
  remedy(names: readonly string[]): string;
}

/** Allows nothing. */
export const noConsent: PluginConsent = {
  allows: () => Promise.resolve(false),
  remedy: (names) =>
    `Load ${names.join(', ')} by loadPlugins first, or give createRegistries a consent.`,
};
