/** C2SP tlog-checkpoint: how large a log is and what its root is. */
export interface Checkpoint {
  /** The log's name. */
  origin: string
  size: number
  /** 32 bytes. */
  root: Buffer
}

export const renderCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`

/** Undefined for what is none. Lines after the root are extensions, which nobody here makes or reads. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = '', size = '', encoded = '', ...rest] = text.split('\n')
  const root = Buffer.from(encoded, 'base64')
  const isWhole =
    origin !== '' &&
    /^(0|[1-9][0-9]{0,15})$/.test(size) &&
    Number.isSafeInteger(Number(size)) &&
    root.length === 32 &&
    root.toString('base64') === encoded &&
    rest.at(-1) === ''
  return isWhole ? { origin, size: Number(size), root } : undefined
}
