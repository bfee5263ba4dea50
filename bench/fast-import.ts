const began = 1_700_000_000

/** Builds a stream for `git fast-import`: commits by nobody in particular, one minute apart, always the same bytes. */
export class FastImport {
  readonly #parts: Buffer[] = []
  #bytes = 0

  /** A commit on top of what this stream put on `ref` before, with these files added or replaced. */
  commit(ref: string, number: number, files: ReadonlyMap<string, Buffer>): void {
    const message = `Change ${number}\n`
    this.#add(
      `commit ${ref}\ncommitter Bench <bench@example.com> ${began + number * 60} +0000\ndata ${message.length}\n${message}`,
    )
    for (const [path, content] of files) {
      this.#add(`M 100644 inline ${path}\ndata ${content.length}\n`)
      this.#add(content)
      this.#add('\n')
    }
  }

  /** How much has been gathered since the last `bytes()`. */
  get size(): number {
    return this.#bytes
  }

  /** Hands over what has been gathered, and forgets it. */
  bytes(): Buffer {
    this.#bytes = 0
    return Buffer.concat(this.#parts.splice(0))
  }

  #add(part: string | Buffer): void {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    this.#bytes += bytes.length
    this.#parts.push(bytes)
  }
}
