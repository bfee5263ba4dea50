import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { heartbeat, parseLine, readLines, renderLine, silenceMs } from '../../protocols/tunnel/tunnel-lines.ts'

/**
 * Waits on one connection until the server wants to reach an upstream, and carries the bytes. Only what was allowed here
 * is connected to, whatever the server says.
 */
export function serveTunnel(
  tunnel: Duplex,
  parts: {
    /** Origins of upstreams. */
    allowed: ReadonlySet<string>
    /** It does not wait any more: another one should. */
    onTaken: () => void
    log: (line: string) => void
  },
): void {
  const { allowed, onTaken, log } = parts
  let silence = setTimeout(() => tunnel.destroy(), silenceMs)
  let isTaken = false
  const taken = (): void => {
    if (isTaken) return
    isTaken = true
    clearTimeout(silence)
    onTaken()
  }
  tunnel.on('error', () => tunnel.destroy())
  tunnel.once('close', taken)

  const refuse = (why: string): void => {
    log(why)
    tunnel.end(renderLine({ ok: false, why }))
  }

  readLines(tunnel, (line) => {
    if (line === '') {
      clearTimeout(silence)
      silence = setTimeout(() => tunnel.destroy(), silenceMs)
      tunnel.write(heartbeat)
      return false
    }
    taken()
    let to: unknown
    try {
      ;({ to } = parseLine(line))
    } catch {
      tunnel.destroy()
      return true
    }
    if (typeof to !== 'string' || !allowed.has(to)) {
      refuse(`${typeof to === 'string' ? to.slice(0, 200) : 'this'} was not allowed by --allow`)
      return true
    }
    const { hostname, port, protocol } = new URL(to)
    const upstream = connect({
      host: hostname.replaceAll(/[[\]]/g, ''),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
      noDelay: true,
      timeout: 10_000,
    })
    upstream.once('timeout', () => upstream.destroy(new Error('it did not answer in 10 seconds')))
    const onFailure = (error: Error): void => refuse(`${to} cannot be reached: ${error.message}`)
    upstream.once('error', onFailure)
    upstream.once('connect', () => {
      upstream.off('error', onFailure)
      upstream.setTimeout(0)
      tunnel.write(renderLine({ ok: true }))
      join(tunnel, upstream)
    })
    tunnel.once('close', () => upstream.destroy())
    return true
  })
}

/** Bytes both ways; what ends on one side ends on the other. */
function join(tunnel: Duplex, upstream: Socket): void {
  upstream.on('error', () => tunnel.destroy())
  // What it said last may still be on its way.
  upstream.once('close', () => tunnel.end())
  tunnel.pipe(upstream)
  upstream.pipe(tunnel)
}
