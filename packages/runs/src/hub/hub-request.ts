import { VoxmimError } from '@voxmim/core';

/** What is asked of a hub. */
export interface HubRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal | undefined;
  /** Answers besides the good ones that the caller looks at itself. */
  readonly expected?: readonly number[];
}

/** Sends requests to one hub; the token goes to its origin and nowhere else. */
export type HubClient = (url: string, request?: HubRequest) => Promise<Response>;

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** The token of the environment; undefined where there is none. */
export function hubToken(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return env['VOXMIM_TOKEN'] || env['HF_TOKEN'] || undefined;
}

/**
 * A client of a hub. Redirects are followed here, so that the token is dropped where one leads to another
 * origin, and one from https to http is refused.
 *
 * @param token sent as a bearer; never part of an error
 * @throws by each call: `NOT_FOUND` for what is not there or not to be seen with this token; `READ_FAILED` for
 *   other refusals and a network that fails
 */
export function hubClient(endpoint: string, token: string | undefined): HubClient {
  const home = new URL(endpoint).origin;
  return async (start, { method = 'GET', headers, body, signal, expected = [] } = {}) => {
    let url = new URL(start);
    for (let count = 0; count <= MOST_REDIRECTS; count++) {
      const isHome = url.origin === home;
      const own = isHome && token !== undefined ? { authorization: `Bearer ${token}` } : {};
      const response = await fetch(url, {
        method,
        headers: { ...headers, ...own },
        redirect: 'manual',
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      }).catch((cause: unknown) => {
        throw failed(url, 'it cannot be reached', cause);
      });
      if (!REDIRECTS.includes(response.status)) {
        if (response.ok || expected.includes(response.status)) return response;
        await response.body?.cancel();
        throw refused(url, response.status);
      }
      await response.body?.cancel();
      url = nextOf(url, response.headers.get('location'));
    }
    throw failed(url, `it redirects more than ${MOST_REDIRECTS} times`);
  };
}

function nextOf(from: URL, location: string | null): URL {
  const text = location ?? '';
  if (text === '' || !URL.canParse(text, from.href)) throw failed(from, 'it redirects to nowhere');
  const next = new URL(text, from);
  if (from.protocol === 'https:' && next.protocol !== 'https:') {
    throw failed(from, 'it redirects to an address without encryption');
  }
  return next;
}

/** Queries hold signatures: they are left out of messages. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function refused(url: URL, status: number): VoxmimError {
  const path = shown(url);
  if (![401, 403, 404].includes(status)) return failed(url, `it answers ${status}`);
  return new VoxmimError(
    'NOT_FOUND',
    `${path} is not there, or not to be seen (${status}).`,
    'Check the address, and the token in VOXMIM_TOKEN or HF_TOKEN where the repository is private.',
    { path },
  );
}

function failed(url: URL, what: string, cause?: unknown): VoxmimError<'READ_FAILED'> {
  const path = shown(url);
  return new VoxmimError(
    'READ_FAILED',
    `${path}: ${what}.`,
    'Try again; what was fetched so far is kept.',
    { path },
    { cause },
  );
}
