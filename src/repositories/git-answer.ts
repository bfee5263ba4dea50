import type { Writable } from 'node:stream'

/** Where git's words go to whoever asked: an HTTP response, or the channel of an SSH connection. */
export interface GitAnswer {
  /** Closed before it has finished means that whoever asked has gone, or was cut off. */
  stream: Writable
  /** Whatever comes before the first byte. */
  start: () => void
  hasStarted: () => boolean
}
