/**
 * VOXMIM_TEST_TORCH names a PyTorch for the tests of the packages that require this, and for no others:
 * VOXMIM_TORCH for all would make torch the backend of every test that leaves the choice to voxmim.
 */
if (process.env.VOXMIM_TEST_TORCH) process.env.VOXMIM_TORCH ??= process.env.VOXMIM_TEST_TORCH;
