import type { ChildProcess } from 'node:child_process'
import { digest } from '../protocols/digest.ts'
import { CannotJudge } from './cannot-judge.ts'
import type { Repository } from './git.ts'

const MAX_OBJECT_BYTES = 64 * 1024 * 1024
const MAX_HEADER_BYTES = 256

export type ObjectType = 'commit' | 'blob' | 'tag'

/** One `git cat-file` process and what it has said so far. */
interface Source {
  child: ChildProcess
  chunks: AsyncIterator<Buffer>
  /** Writes its answers in large pieces, one request at a time; git before 2.36 cannot, and writes each by itself. */
  buffers: boolean
  hasAnswered: boolean
}

/** Reads objects in batches through one `git cat-file` process, and believes none that does not hash to its name. */
export class ObjectReader implements AsyncDisposable {
  readonly #repository: Repository
  #source: Source
  #rest: Buffer = Buffer.alloc(0)
  /** How many bytes `#rest` must have before it is worth another look. */
  #wanted = 1
  /** Asked for and not read yet, in order. */
  readonly #asked: (readonly string[])[] = []
  #last: Promise<unknown> = Promise.resolve()

  constructor(repository: Repository) {
    this.#repository = repository
    this.#source = open(repository, true)
  }

  /**
   * Contents in the order asked for. May be called again before the answer is here: git then works on it meanwhile.
   * Throws CannotJudge `object-missing`, `object-corrupt`.
   */
  read(oids: readonly string[], type: ObjectType): Promise<Buffer[]> {
    if (oids.length === 0) return Promise.resolve([])
    this.#asked.push(oids)
    this.#ask(oids)
    const read = this.#last.then(() => this.#collect(oids, type))
    this.#last = read
    // Whoever asked ahead may never come to look at it.
    read.catch(() => undefined)
    return read
  }

  async #collect(oids: readonly string[], type: ObjectType): Promise<Buffer[]> {
    const contents: Buffer[] = []
    for (const oid of oids) {
      // Most objects came with the last piece; waiting for each would cost more than reading it.
      let content = this.#take(oid, type)
      while (content === undefined) {
        await this.#more()
        content = this.#take(oid, type)
      }
      contents.push(content)
    }
    this.#asked.shift()
    return contents
  }

  #ask(oids: readonly string[]): void {
    const { child, buffers } = this.#source
    const lines = buffers ? `contents ${oids.join('\ncontents ')}\nflush\n` : `${oids.join('\n')}\n`
    child.stdin?.write(lines)
  }

  /** Takes the next object off what has come; undefined while it is not all there. */
  #take(oid: string, type: ObjectType): Buffer | undefined {
    const bytes = this.#rest
    const end = bytes.indexOf(0x0a)
    if (end < 0) {
      if (bytes.length > MAX_HEADER_BYTES) throw unusual(oid, type)
      this.#wanted = bytes.length + 1
      return undefined
    }
    const header = bytes.toString('latin1', 0, end)
    if (header === `${oid} missing`) throw new CannotJudge('object-missing', `the ${type} ${oid} is not in this clone`)
    const prefix = `${oid} ${type} `
    const size = Number(header.slice(prefix.length))
    if (!header.startsWith(prefix) || !Number.isSafeInteger(size) || size > MAX_OBJECT_BYTES) throw unusual(oid, type)
    const contentEnd = end + 1 + size
    this.#wanted = contentEnd + 1
    if (bytes.length < this.#wanted) return undefined
    // `<type> <size>` is how git names an object's bytes too; only the byte after it is another.
    bytes[end] = 0
    if (digest('sha1', bytes.subarray(oid.length + 1, contentEnd)).toString('hex') !== oid) {
      throw new CannotJudge('object-corrupt', `the ${type} ${oid} does not hash to its name`)
    }
    this.#rest = bytes.subarray(contentEnd + 1)
    return bytes.subarray(end + 1, contentEnd)
  }

  /** Waits for enough bytes to go on with. */
  async #more(): Promise<void> {
    const parts = [this.#rest]
    let have = this.#rest.length
    while (have < this.#wanted) {
      const next = await this.#source.chunks.next()
      if (next.done) {
        this.#askOlderGit()
        continue
      }
      this.#source.hasAnswered = true
      parts.push(next.value)
      have += next.value.length
    }
    this.#rest = parts.length === 2 && parts[0]?.length === 0 ? (parts[1] ?? this.#rest) : Buffer.concat(parts)
  }

  /** A process that ends without a word does not know what it was asked to be. */
  #askOlderGit(): void {
    if (this.#source.hasAnswered || !this.#source.buffers) {
      throw new CannotJudge('git-failed', 'git cat-file ended early')
    }
    this.#source = open(this.#repository, false)
    for (const oids of this.#asked) this.#ask(oids)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { child, chunks } = this.#source
    child.stdin?.end()
    child.kill()
    await chunks.return?.()
  }
}

function open(repository: Repository, buffers: boolean): Source {
  const child = repository.start(['cat-file', ...(buffers ? ['--batch-command', '--buffer'] : ['--batch'])])
  // Failing to start shows as an output that ends at once.
  child.on('error', () => undefined)
  child.stdin?.on('error', () => undefined)
  if (!child.stdout) throw new CannotJudge('git-failed', 'git cat-file could not be started')
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  return { child, chunks, buffers, hasAnswered: false }
}

function unusual(oid: string, type: ObjectType): CannotJudge {
  return new CannotJudge('object-corrupt', `${oid} is not a ${type} of a usual size`)
}
