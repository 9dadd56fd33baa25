/** Whether a file of this name is NIfTI; of a pair, the header is. */
export function isNiftiName(name: string): boolean {
  return /\.(nii(\.gz)?|hdr(\.gz)?)$/i.test(name);
}
