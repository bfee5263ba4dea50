import { createHash } from 'node:crypto'
import type { ChildProcess } from 'node:child_process'
import type { Writable } from 'node:stream'
import { CannotJudge } from './cannot-judge.ts'
import type { Repository } from './git.ts'

const MAX_OBJECT_BYTES = 64 * 1024 * 1024

export type ObjectType = 'commit' | 'blob'

/** Reads objects in batches through one `git cat-file` process, and believes none that does not hash to its name. */
export class ObjectReader implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #input: Writable
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(repository: Repository) {
    this.#child = repository.start(['cat-file', '--batch'])
    // Failing to start shows as an output that ends at once.
    this.#child.on('error', () => undefined)
    const { stdin, stdout } = this.#child
    if (!stdin || !stdout) throw new CannotJudge('git-failed', 'git cat-file could not be started')
    this.#input = stdin
    this.#input.on('error', () => undefined)
    this.#chunks = stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  }

  /** Contents in the order asked for. Throws CannotJudge `object-missing`, `object-corrupt`. */
  async read(oids: readonly string[], type: ObjectType): Promise<Buffer[]> {
    if (oids.length === 0) return []
    this.#input.write(`${oids.join('\n')}\n`)
    const contents: Buffer[] = []
    for (const oid of oids) contents.push(await this.#readOne(oid, type))
    return contents
  }

  async #readOne(oid: string, type: ObjectType): Promise<Buffer> {
    const header = await this.#line()
    if (header === `${oid} missing`) throw new CannotJudge('object-missing', `the ${type} ${oid} is not in this clone`)
    const [name, actualType, sizeText] = header.split(' ')
    const size = Number(sizeText)
    if (name !== oid || actualType !== type || !Number.isSafeInteger(size) || size > MAX_OBJECT_BYTES) {
      throw new CannotJudge('object-corrupt', `${oid} is not a ${type} of a usual size`)
    }
    const content = (await this.#bytes(size + 1)).subarray(0, size)
    const hash = createHash('sha1').update(`${type} ${size}\0`).update(content).digest('hex')
    if (hash !== oid) throw new CannotJudge('object-corrupt', `the ${type} ${oid} does not hash to its name`)
    return content
  }

  async #line(): Promise<string> {
    let end = this.#rest.indexOf(0x0a)
    while (end < 0) {
      this.#rest = Buffer.concat([this.#rest, await this.#chunk()])
      end = this.#rest.indexOf(0x0a)
    }
    const line = this.#rest.toString('latin1', 0, end)
    this.#rest = this.#rest.subarray(end + 1)
    return line
  }

  async #bytes(length: number): Promise<Buffer> {
    const parts = [this.#rest]
    let have = this.#rest.length
    while (have < length) {
      const chunk = await this.#chunk()
      parts.push(chunk)
      have += chunk.length
    }
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts)
    this.#rest = all.subarray(length)
    return all.subarray(0, length)
  }

  async #chunk(): Promise<Buffer> {
    const next = await this.#chunks.next()
    if (next.done) throw new CannotJudge('git-failed', 'git cat-file ended early')
    return next.value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.end()
    this.#child.kill()
    await this.#chunks.return?.()
  }
}
