import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deflateSync } from 'node:zlib'

/** Writes objects and refs of a bare repository without starting git: tests and the bench need thousands of them. */
export class LooseObjects {
  readonly #repository: string

  constructor(repository: string) {
    this.#repository = repository
  }

  write(type: 'blob' | 'tree' | 'commit' | 'tag', content: Buffer): string {
    const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
    const oid = createHash('sha1').update(object).digest('hex')
    this.#put(join('objects', oid.slice(0, 2), oid.slice(2)), () => deflateSync(object, { level: 1 }))
    return oid
  }

  /** A tree of these files; paths are ASCII and may have folders. */
  writeTree(files: ReadonlyMap<string, Buffer>): string {
    const folders = new Map<string, Map<string, Buffer>>()
    const entries: { name: string; mode: string; oid: string }[] = []
    for (const [path, content] of files) {
      const slash = path.indexOf('/')
      if (slash < 0) {
        entries.push({ name: path, mode: '100644', oid: this.write('blob', content) })
        continue
      }
      const folder = path.slice(0, slash)
      const inside = folders.get(folder) ?? new Map<string, Buffer>()
      folders.set(folder, inside.set(path.slice(slash + 1), content))
    }
    for (const [name, inside] of folders) entries.push({ name, mode: '40000', oid: this.writeTree(inside) })
    // git sorts folders as if their names ended in a slash.
    const key = (entry: { name: string; mode: string }) => (entry.mode === '40000' ? `${entry.name}/` : entry.name)
    entries.sort((a, b) => (key(a) < key(b) ? -1 : 1))
    const lines = entries.map(({ name, mode, oid }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')])
    return this.write('tree', Buffer.concat(lines.flat()))
  }

  setRef(ref: string, oid: string): void {
    const file = join(this.#repository, ref)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${oid}\n`)
  }

  #put(path: string, content: () => Buffer): void {
    const file = join(this.#repository, path)
    if (existsSync(file)) return
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content())
  }
}
