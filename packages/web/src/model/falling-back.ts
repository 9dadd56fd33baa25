import type { ModelSession } from './model-session.js';

/**
 * A session on the graphics processor that goes on with wasm once that fails: devices are lost when a driver
 * restarts or a laptop sleeps.
 *
 * @param open opens the model in an engine
 * @param onNote told when it happens
 */
export async function fallingBack(
  open: (engine: 'webgpu' | 'wasm') => Promise<ModelSession>,
  onNote: (note: string) => void,
): Promise<ModelSession> {
  const toWasm = async (error: unknown): Promise<ModelSession> => {
    const why = error instanceof Error ? error.message : String(error);
    onNote(`The graphics processor cannot be used (${why}); the processor computes, more slowly.`);
    return open('wasm');
  };
  let session = await open('webgpu').catch(toWasm);
  const { inputs, outputs } = session;
  return {
    inputs,
    outputs,
    get engine() {
      return session.engine;
    },
    run: async (feeds, names) => {
      try {
        return await session.run(feeds, names);
      } catch (error) {
        if (session.engine === 'wasm') throw error;
        await session.release().catch(() => undefined); // a lost device may not even let go
        session = await toWasm(error);
        return session.run(feeds, names);
      }
    },
    release: async () => session.release(),
  };
}
