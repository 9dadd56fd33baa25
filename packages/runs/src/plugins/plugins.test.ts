import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadNamedPlugins } from './load-plugins.js';
import { pluginsOfRun, rememberPlugins } from './run-plugins.js';
import { userConsent } from './user-consent.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

let root: string;
let env: Record<string, string>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-plugins-'));
  env = { XDG_CONFIG_HOME: join(root, 'config'), XDG_STATE_HOME: join(root, 'state') };
  await mkdir(join(root, 'run/checkpoints/step-1'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function writeUserConfig(text: string): Promise<void> {
  await mkdir(join(root, 'config/voxmim'), { recursive: true });
  await writeFile(join(root, 'config/voxmim/config.yaml'), text);
}

it.each(['./evil.cjs', '/tmp/evil.cjs', '.', '..', 'acme/../evil', 'file:///tmp/evil.mjs', 'a b'])(
  'refuses %s, which is no package, whatever the user allows',
  async (name) => {
    const registries = createRunRegistries({ consent: userConsent({ allow: [name], env }) });
    await expect(loadNamedPlugins(registries, [name], 'gift')).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      details: { path: 'plugins', received: name },
    });
  },
);

it('lists all plugins that would run and what to add, and is met by registries without consent too', async () => {
  for (const registries of [
    createRunRegistries(),
    createRunRegistries({ consent: userConsent({ allow: ['acme-a'], env }) }),
  ]) {
    await expect(
      loadNamedPlugins(registries, ['acme-a', '@acme/b'], 'gift/config.yaml'),
    ).rejects.toMatchObject({ code: 'PLUGIN_NOT_ALLOWED', details: { path: 'gift/config.yaml' } });
  }
  expect(userConsent({ env }).remedy(['acme-a', '@acme/b'])).toContain(
    '--allow-plugin acme-a --allow-plugin @acme/b',
  );
});

describe('the consent of a user', () => {
  const entry = () => join(root, 'node_modules/acme/index.js');
  const allows = (name = 'acme', origin = join(root, 'run')) =>
    userConsent({ env }).allows({ name, entry: entry() }, origin);

  it('is given by name for one command', async () => {
    const consent = userConsent({ allow: ['acme'], env });
    expect(await consent.allows({ name: 'acme', entry: entry() }, 'x')).toBe(true);
    expect(await consent.allows({ name: 'acme2', entry: entry() }, 'x')).toBe(false);
  });

  it('is given by a folder in the own config, never by a name that others could take', async () => {
    await writeUserConfig(`plugins: [${join(root, 'node_modules/acm')}]`);
    expect(await allows()).toBe(false);
    await writeUserConfig(`plugins: [${join(root, 'node_modules/acme')}]`);
    expect(await allows()).toBe(true);
    await writeUserConfig('plugins: [acme]');
    await expect(allows()).rejects.toThrow('give the whole path of a folder');
  });

  it('is remembered for a run that was made here, under any way to it, with the same file', async () => {
    await rememberPlugins(join(root, 'run'), new Map([['acme', entry()]]), env);
    await symlink(join(root, 'run'), join(root, 'link'));

    expect(await allows('acme', join(root, 'link/checkpoints/step-1'))).toBe(true);
    const other = { name: 'acme', entry: join(root, 'run/node_modules/acme/index.js') };
    expect(await userConsent({ env }).allows(other, join(root, 'run'))).toBe(false);
  });

  it('is not given by anything in a folder that came from elsewhere', async () => {
    await rememberPlugins(join(root, 'run'), new Map([['acme', entry()]]), env);
    await mkdir(join(root, 'gift/state'), { recursive: true });
    await mkdir(join(root, 'gift/config/voxmim'), { recursive: true });

    expect(await allows('acme', join(root, 'gift'))).toBe(false);
    expect(await pluginsOfRun(join(root, 'nowhere'), env)).toEqual([]);
  });

  it('stops nothing where it cannot be remembered', async () => {
    await writeFile(join(root, 'state'), 'a file');
    await rememberPlugins(join(root, 'run'), new Map([['acme', entry()]]), env);
    expect(await allows()).toBe(false);
  });
});
