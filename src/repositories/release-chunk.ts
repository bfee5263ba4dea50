/**
 * Frees a chunk that was written and that nobody will look at again. Left to the collector, the buffers of a pack make
 * it walk the whole heap every few tens of megabytes: more work than moving the pack (measured).
 */
export function releaseChunk({ buffer, byteLength }: Uint8Array): void {
  // A slice of something larger is not ours to free.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
