import { configuration, configure, parseDevice } from './configuration.js';

afterEach(() => configure({ device: 'cpu', precision: 'float32', threads: undefined }));

describe('configure', () => {
  it('keeps what it is given', () => {
    configure({ device: 'cuda:1', precision: 'bf16', threads: 3 });
    expect(configuration()).toMatchObject({ device: 'cuda:1', precision: 'bf16', threads: 3 });
  });

  it.each([
    [{ device: 'gpu' }, /no device "gpu".*INVALID_CONFIG/],
    [{ threads: 0 }, /no 0 threads.*INVALID_CONFIG/],
    [{ threads: 1.5 }, /no 1\.5 threads/],
  ])('refuses %j and keeps what was', (changes, message) => {
    expect(() => configure(changes)).toThrow(message);
    expect(configuration()).toMatchObject({ device: 'cpu', threads: undefined });
  });
});

describe('parseDevice', () => {
  it('reads kinds and cards', () => {
    expect(parseDevice('cpu')).toEqual({ kind: 'cpu', index: 0 });
    expect(parseDevice('cuda')).toEqual({ kind: 'cuda', index: 0 });
    expect(parseDevice('torch:cuda:1')).toEqual({ kind: 'cuda', index: 1 });
    expect(() => parseDevice('cpu:1')).toThrow('cpu:1');
  });
});
