import { SshError } from './ssh-error.ts'
import { WireError, WireReader } from './wire.ts'

/** Reads all of some bytes: what is left over is refused like what is missing. Throws SshError `malformed`. */
export function readWire<T>(bytes: Uint8Array, read: (reader: WireReader) => T): T {
  try {
    const reader = new WireReader(bytes)
    const value = read(reader)
    reader.done()
    return value
  } catch (cause) {
    if (cause instanceof WireError) throw new SshError('malformed', cause.message, { cause })
    throw cause
  }
}
