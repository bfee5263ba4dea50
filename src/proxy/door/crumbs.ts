import { CompactBytes } from '../../http/compact-bytes.ts'

/** What is smaller is a crumb. */
const leastBytes = 1024
/** So many of one answer go out as they come, as events and small pages do. */
const mostAsTheyCome = 16

/**
 * The parts of an answer. One that is all crumbs goes out in larger parts, once a turn: to write each of a million single
 * bytes by itself would take the whole server's time, and hundreds of bytes for each that a client leaves unread.
 */
export class Crumbs {
  readonly #write: (part: Buffer) => void
  #count = 0
  #held: CompactBytes | undefined

  constructor(write: (part: Buffer) => void) {
    this.#write = write
  }

  add(part: Buffer): void {
    if (part.length >= leastBytes || (this.#count += 1) <= mostAsTheyCome) {
      this.handOn()
      this.#write(part)
      return
    }
    if (this.#held === undefined) setImmediate(this.handOn)
    this.#held ??= new CompactBytes()
    this.#held.add(part)
  }

  /** Writes what is held now. */
  readonly handOn = (): void => {
    const bytes = this.#held?.bytes()
    this.#held = undefined
    if (bytes !== undefined) this.#write(bytes)
  }
}
