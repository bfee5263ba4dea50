/** C2SP tlog-witness: what a log sends to a witness. */
export interface AddCheckpoint {
  /** Leaves of the tree that the witness cosigned last; 0 where it knows none. */
  older: number
  /** RFC 6962 §2.1.2, 32 bytes each. */
  proof: readonly Buffer[]
  /** The signed checkpoint. */
  note: string
}

const mostHashes = 63

export const renderAddCheckpoint = ({ older, proof, note }: AddCheckpoint): string =>
  [`old ${older}`, ...proof.map((hash) => hash.toString('base64')), '', note].join('\n')

/** Undefined for what is no such request. */
export function parseAddCheckpoint(body: string): AddCheckpoint | undefined {
  const end = body.indexOf('\n\n')
  const [first = '', ...lines] = body.slice(0, Math.max(end, 0)).split('\n')
  const [, size] = /^old (0|[1-9][0-9]{0,15})$/.exec(first) ?? []
  const older = Number(size)
  const isWhole =
    Number.isSafeInteger(older) &&
    lines.length <= mostHashes &&
    lines.every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line))
  return isWhole
    ? { older, proof: lines.map((line) => Buffer.from(line, 'base64')), note: body.slice(end + 2) }
    : undefined
}
