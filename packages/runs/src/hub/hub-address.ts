import { VoxmimError } from '@voxmim/core';

/** A repository on a model hub. */
export interface HubAddress {
  /** The hub, without a slash at its end, such as `https://hub.hospital.example`. */
  readonly endpoint: string;
  /** `owner/name`. */
  readonly repo: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/;

/**
 * Reads `https://hub/owner/name`, with `@revision` behind it where it is not `main`.
 *
 * @throws `INVALID_CONFIG` for what is no such address, or carries a password
 */
export function parseHubAddress(text: string): HubAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw wrongAddress(text);
  }
  const [path = '', revision = 'main'] = url.pathname.split('@');
  const parts = path.split('/').filter((part) => part !== '');
  const [owner = '', name = ''] = parts.slice(-2);
  if (![owner, name, revision].every((part) => PLAIN.test(part))) throw wrongAddress(text);
  const endpoint = [url.origin, ...parts.slice(0, -2)].join('/');
  return { endpoint, repo: `${owner}/${name}`, revision };
}

function wrongAddress(text: string): VoxmimError<'INVALID_CONFIG'> {
  const shown = text.replace(/\/\/[^/@]*@/, '//…@');
  return new VoxmimError(
    'INVALID_CONFIG',
    `${shown} is no address of a repository on a hub.`,
    'Give https://HUB/OWNER/NAME, with @REVISION if need be; a token goes into HF_TOKEN or VOXMIM_TOKEN.',
    { path: 'hub', received: shown },
  );
}
