import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/**
 * The body of a request on its way up. It stands between the two, since whoever reads a request may destroy what it
 * reads: an upstream that answers before it has read everything must not take the connection of the client with it.
 */
export class RequestBody extends Readable {
  readonly #incoming: IncomingMessage
  readonly #onWanted: () => void
  #isWanted = false
  /** Bytes that have come. */
  taken = 0

  /** @param onWanted told once, when somebody begins to read */
  constructor(incoming: IncomingMessage, onWanted: () => void) {
    super({ highWaterMark: 64 * 1024 })
    this.#incoming = incoming
    this.#onWanted = onWanted
    incoming.pause()
    incoming.on('data', this.#onData).once('end', this.#onEnd).once('error', this.#onError).once('close', this.#onClose)
  }

  /** Whether it is the client's turn. */
  get isWaiting(): boolean {
    return this.#isWanted && !this.destroyed && !this.#incoming.complete && !this.#incoming.isPaused()
  }

  override _read(): void {
    if (!this.#isWanted) this.#onWanted()
    this.#isWanted = true
    this.#incoming.resume()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const incoming = this.#incoming
    incoming.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onError).off('close', this.#onClose)
    // What still comes is read and forgotten, or no next request could be read.
    incoming.on('error', () => {}).resume()
    done(error)
  }

  readonly #onData = (part: Buffer): void => {
    this.taken += part.length
    if (!this.push(part)) this.#incoming.pause()
  }
  readonly #onEnd = (): void => void this.push(null)
  readonly #onError = (error: Error): void => void this.destroy(error)
  readonly #onClose = (): void => {
    if (!this.#incoming.complete) this.destroy(new Error('the client left in the middle of its request'))
  }
}
