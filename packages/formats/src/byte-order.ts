/**
 * Turns samples from one byte order to the other, in place.
 *
 * @param bytes whole samples, starting at a multiple of `size` in their buffer
 * @param size bytes per sample: 1, 2, 4 or 8
 */
export function swapByteOrder({ buffer, byteOffset, byteLength }: Uint8Array, size: number): void {
  if (size === 2) {
    const pairs = new Uint16Array(buffer, byteOffset, byteLength / 2);
    for (let index = 0; index < pairs.length; index++) {
      pairs[index] = (pairs[index] << 8) | (pairs[index] >> 8);
    }
    return;
  }
  if (size === 1) return;
  const words = new Uint32Array(buffer, byteOffset, byteLength / 4);
  for (let index = 0; index < words.length; index++) words[index] = swappedWord(words[index]);
  if (size === 4) return;
  for (let index = 0; index < words.length; index += 2) {
    const first = words[index];
    words[index] = words[index + 1];
    words[index + 1] = first;
  }
}

function swappedWord(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
