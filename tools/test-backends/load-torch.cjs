/**
 * Puts the torch backend among those that tests over all backends run on, where a PyTorch is named.
 * Elsewhere the tests of its own package are reported as skipped.
 */
if (process.env.VOXMIM_TORCH) require('@voxmim/tfjs-backend-torch');
