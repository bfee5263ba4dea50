import type { Duplex } from 'node:stream'

/** What both ends say in `Upgrade`. */
export const tunnelProtocol = 'postern-tunnel'
export const tunnelPath = '/proxy/connector'

/** To the connector, when somebody comes: where it is to connect. */
export interface OpenLine {
  /** Origin of the upstream: scheme, host and port. */
  to: string
}

/** Its answer. Behind a yes, the bytes of the connection follow, both ways. */
export type OpenedLine = { ok: true } | { ok: false; why: string }

/** A blank line, each way, while nobody comes: so that neither end waits on a connection that is gone. */
export const heartbeat = '\n'
export const heartbeatMs = 20_000
/** Without any for so long it is gone. */
export const silenceMs = 3 * heartbeatMs

const mostLine = 4096

/** The line was not one that the other end could have meant. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError'
}

export const renderLine = (line: OpenLine | OpenedLine): string => `${JSON.stringify(line)}\n`

/** The JSON object of a line, whatever it says. @throws TunnelError */
export function parseLine(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new TunnelError('the other end said something that is no line of a tunnel')
}

/**
 * Calls `onLine` for each line, the empty heartbeat too, until it returns true; what came behind that line stays in the
 * stream, for whoever reads on. A line that is too long destroys the stream.
 */
export function readLines(stream: Duplex, onLine: (line: string) => boolean): void {
  let held: Buffer = Buffer.alloc(0)
  const onReadable = (): void => {
    for (;;) {
      const chunk = stream.read() as Buffer | null
      if (chunk === null) return
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      for (let end = held.indexOf(10); end >= 0; end = held.indexOf(10)) {
        const line = held.subarray(0, end).toString()
        held = held.subarray(end + 1)
        if (!onLine(line)) continue
        stream.off('readable', onReadable)
        if (held.length > 0) stream.unshift(held)
        return
      }
      if (held.length > mostLine) return void stream.destroy(new TunnelError('a line of a tunnel without an end'))
    }
  }
  stream.on('readable', onReadable)
}
