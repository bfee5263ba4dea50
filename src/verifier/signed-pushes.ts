import {
  parsePushRecord,
  pushDigest,
  pushPath,
  type PushRecord,
  readPushCertificate,
} from '../seals/format/push-record.ts'
import type { PushCertificate } from '../protocols/git/push-certificate.ts'
import { SealError } from '../seals/format/seal-error.ts'
import type { ObjectReader } from './object-reader.ts'

/** What the certificate of a signed push says of one branch; nothing of it is verified. */
export interface FiledPush {
  record: PushRecord
  base: string
  tip: string
}

/** Certificates of signed pushes, read when they are needed and filed by the branch that they move. */
export class SignedPushes {
  readonly #blobs: ReadonlyMap<string, string>
  readonly #objects: ObjectReader
  #filed: Promise<ReadonlyMap<string, FiledPush[]>> | undefined
  #byRef: ReadonlyMap<string, FiledPush[]> = new Map()

  /** @param blobs blob ids by path */
  constructor(blobs: ReadonlyMap<string, string>, objects: ObjectReader) {
    this.#blobs = blobs
    this.#objects = objects
  }

  async load(): Promise<void> {
    this.#byRef = await (this.#filed ??= this.#read())
  }

  /** Of those that were loaded. */
  of(ref: string): readonly FiledPush[] {
    return this.#byRef.get(ref) ?? []
  }

  async #read(): Promise<Map<string, FiledPush[]>> {
    const blobs = await this.#objects.read([...this.#blobs.values()], 'blob')
    const byRef = new Map<string, FiledPush[]>()
    for (const [index, path] of [...this.#blobs.keys()].entries()) {
      const read = readPush(blobs[index] ?? Buffer.alloc(0))
      // In a second place it would count a second time.
      if (read === undefined || pushPath(pushDigest(read.certificate)) !== path) continue
      // One that names a branch a thousand times proves nothing of it, which is found out once.
      const commands = new Map(read.certificate.commands.toReversed().map((command) => [command.ref, command]))
      for (const { ref, oldOid: base, newOid: tip } of commands.values()) {
        const filed = byRef.get(ref) ?? []
        filed.push({ record: read.record, base, tip })
        byRef.set(ref, filed)
      }
    }
    return byRef
  }
}

/** What cannot be read is left out, as if it were not there. */
function readPush(blob: Buffer): { record: PushRecord; certificate: PushCertificate } | undefined {
  try {
    const record = parsePushRecord(blob)
    return { record, certificate: readPushCertificate(record) }
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}
