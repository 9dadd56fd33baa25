import { type BackendDescription, type Candidate, NotInstalled } from './candidate.js';
import type { EngineSettings } from './engine-settings.js';
import { processor } from './processor.js';

/**
 * The PyTorch that a Python here has: on CUDA it comes first of all. On the processor it is taken where
 * somebody named it, by the backend's name or by VOXMIM_TORCH: a Python that happens to be on the PATH is
 * no wish.
 */
export function torchCandidate(kind: 'cpu' | 'cuda'): Candidate {
  return {
    name: 'torch',
    engine: 'torch',
    howToGet:
      '`pip install torch` (2.10 or later, Linux) and, if that is no Python on the PATH, ' +
      'VOXMIM_TORCH=/path/to/python.',
    devices: [kind],
    hasCards: kind === 'cuda',
    load: (settings) => load(kind, settings),
    describe,
  };
}

async function load(kind: 'cpu' | 'cuda', settings: EngineSettings): Promise<void> {
  const { threads, precision = 'float32', isNamed = false } = settings;
  if (kind === 'cpu' && !isNamed && !process.env['VOXMIM_TORCH']) {
    throw new NotInstalled(
      'it is taken on the processor only where --backend torch or VOXMIM_TORCH names it',
    );
  }
  const { configure, locateTorch, startTorchBackend, TorchBackendError } =
    await import('@voxmim/tfjs-backend-torch');
  try {
    const { cuda, version } = locateTorch();
    if (kind === 'cuda' && cuda === undefined)
      throw new NotInstalled(`PyTorch ${version} was built without CUDA`);
    configure({ device: deviceOf(kind, settings), precision, threads });
    startTorchBackend();
  } catch (error) {
    const isAbsent = error instanceof TorchBackendError && error.code === 'TORCH_MISSING';
    throw isAbsent ? new NotInstalled(error.what) : error;
  }
}

/** The device as it was named, or the card of this process. */
function deviceOf(kind: 'cpu' | 'cuda', { device = kind, card = 0 }: EngineSettings): string {
  return device === 'cuda' && card > 0 ? `cuda:${card}` : device;
}

async function describe(): Promise<BackendDescription> {
  const { statistics } = await import('@voxmim/tfjs-backend-torch');
  const { torch, device, precision, threads } = statistics();
  const place = device === 'cpu' ? processor(threads) : device;
  return {
    version: `PyTorch ${torch}`,
    device: precision === 'float32' ? place : `${place}, ${precision}`,
  };
}
