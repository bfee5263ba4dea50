import { digest } from './digest.ts'

export function sha256(bytes: Uint8Array | string): Buffer {
  return digest('sha256', bytes)
}
