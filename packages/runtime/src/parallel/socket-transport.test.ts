import { createServer, type AddressInfo } from 'node:net';

import { SocketTransport } from './socket-transport.js';

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function opened(size: number): Promise<SocketTransport[]> {
  const meeting = { host: '127.0.0.1', port: await freePort(), token: 'ours' };
  const places = Array.from({ length: size }, (_, rank) => ({ rank, size }));
  // The last comes first: they wait for each other.
  return Promise.all(places.reverse().map((place) => SocketTransport.open(place, meeting))).then(
    (transports) => transports.reverse(),
  );
}

it('sums in the order of ranks and gathers by rank, also what is long or empty', async () => {
  const all = await opened(3);
  const numbers = all.map((_, rank) => new Float32Array(300_000).fill(rank + 0.5));
  await Promise.all(all.map((transport, rank) => transport.sum(numbers[rank]!)));
  for (const sum of numbers) expect([sum[0], sum.at(-1)]).toEqual([4.5, 4.5]);
  const bytes = (rank: number) => new Uint8Array(rank * 100_000).fill(rank);
  const gathered = await Promise.all(all.map((transport, rank) => transport.gather(bytes(rank))));
  for (const parts of gathered)
    expect(parts.map((part) => [part.length, part.at(-1)])).toEqual([
      [0, undefined],
      [100_000, 1],
      [200_000, 2],
    ]);
  await Promise.all(all.map((transport) => transport.close()));
});

it.each([0, 1])('tells the others when process %i is gone', async (gone) => {
  const all = await opened(2);
  const waiting = all[1 - gone]!.sum(new Float32Array(4));
  all[gone]!.abort();
  await expect(waiting).rejects.toMatchObject({
    code: 'EXCHANGE_FAILED',
    problem: expect.stringContaining(`Process ${gone} `),
  });
});

it('says how many came where one stays away, and that nobody answers', async () => {
  const meeting = { host: '127.0.0.1', port: await freePort(), token: 'ours' };
  const first = SocketTransport.open({ rank: 0, size: 3 }, meeting, 300);
  const stranger = SocketTransport.open({ rank: 1, size: 3 }, { ...meeting, token: 'theirs' }, 300);
  await expect(first).rejects.toThrow('Only 1 of 3 processes came');
  await stranger.catch(() => undefined);
  await expect(SocketTransport.open({ rank: 1, size: 2 }, meeting, 50)).rejects.toThrow(
    'Nobody answers',
  );
});
