import { SealError } from '../seals/format/seal-error.ts'
import { type SealRecord, parseSealRecord } from '../seals/format/seal-record.ts'
import { type Statement, isGitAction, parseStatement, statementDigest } from '../seals/format/statement.ts'
import { isDetachedUpdate } from '../seals/format/verify-sealed-update.ts'
import type { ObjectReader } from './object-reader.ts'

/** A seal read for what it says; nothing of it is verified. */
export interface Filed {
  digest: string
  record: SealRecord
  statement: Statement
}

const BATCH = 256
const HEAD_BYTES = 80

/** Seals that no commit of the branch names, read when they are needed and filed by what they are about. */
export class DetachedSeals {
  readonly updates: Filed[] = []
  readonly approvals: Filed[] = []
  readonly confirmations: Filed[] = []
  readonly tags: Filed[] = []
  /** Digests of merges and squashes. */
  readonly commits: string[] = []
  readonly #blobs: ReadonlyMap<string, string>
  readonly #objects: ObjectReader
  readonly #read = new Set<string>()

  constructor(blobs: ReadonlyMap<string, string>, objects: ObjectReader) {
    this.#blobs = blobs
    this.#objects = objects
  }

  /** Reads those not read yet, but for those of proven commits. What cannot be read is left out, as if it were not there. */
  async load(used: ReadonlySet<string>): Promise<void> {
    const wanted = [...this.#blobs].filter(([digest]) => !used.has(digest) && !this.#read.has(digest))
    const ask = (at: number) =>
      this.#objects.read(
        wanted.slice(at, at + BATCH).map(([, oid]) => oid),
        'blob',
      )
    let next = ask(0)
    for (let at = 0; at < wanted.length; at += BATCH) {
      const blobs = await next
      // git reads on while these are filed.
      next = ask(at + BATCH)
      for (const [index, blob] of blobs.entries()) this.#file(wanted[at + index]?.[0] ?? '', blob)
    }
  }

  #file(digest: string, blob: Buffer): void {
    this.#read.add(digest)
    // Canonical JSON begins with the action, so that most need no parsing.
    const [, action = ''] = /^\{"action":"([a-z.-]{1,64})",/.exec(blob.toString('latin1', 0, HEAD_BYTES)) ?? []
    if (isGitAction(action)) return void this.commits.push(digest)
    const list = isDetachedUpdate(action)
      ? this.updates
      : { approve: this.approvals, confirm: this.confirmations, tag: this.tags }[action]
    if (!list) return
    try {
      const record = parseSealRecord(blob)
      // In a second place it would count a second time.
      if (statementDigest(record.statement) !== digest) return
      list.push({ digest, record, statement: parseStatement(record.statement) })
    } catch (error) {
      if (!(error instanceof SealError)) throw error
    }
  }
}
