/** Every device that some backend can be told to compute on. */
export const deviceNames = ['cpu', 'cuda', 'webgpu', 'tensorrt', 'dml', 'coreml'] as const;

/** What a device is called, the second card as `cuda:1`: on the command line, in configs and in `VOXMIM_DEVICE`. */
export type DeviceName = (typeof deviceNames)[number] | `cuda:${number}`;

/** How numbers are computed; stored ones are float32. */
export const precisionNames = ['float32', 'tf32', 'bf16'] as const;

/** What a precision is called in `VOXMIM_PRECISION`. */
export type PrecisionName = (typeof precisionNames)[number];
