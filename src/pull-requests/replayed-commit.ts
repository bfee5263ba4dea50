import { parseCommit } from '../protocols/sshsig/commit-signature.ts'
import { type Ident, renderIdent } from '../seals/format/commit.ts'
import { looksLikeTrailer } from '../seals/format/message-text.ts'

/** What is kept of a commit that is made anew on top of another. */
export interface OriginalCommit {
  tree: string
  parents: string[]
  /** First line of the message. */
  subject: string
  /** The header's value, as its bytes are. */
  author: Buffer
  /** Name of the encoding of author and message, where it is not UTF-8. */
  encoding: string | undefined
  message: Buffer
}

/** Throws SshsigError `commit-malformed`. */
export function parseOriginal(bytes: Buffer): OriginalCommit {
  const { tree, parents } = parseCommit(bytes)
  const end = bytes.indexOf('\n\n')
  // Latin-1, so that every byte comes out as it went in.
  const headers = bytes.toString('latin1', 0, end).split('\n')
  const valueOf = (name: string): string | undefined =>
    headers.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1)
  const encoding = valueOf('encoding')
  const author = Buffer.from(valueOf('author') ?? '', 'latin1')
  const message = bytes.subarray(end + 2)
  const original = (encoding !== undefined && inUtf8({ author, message }, encoding)) || { author, encoding, message }
  const subject = original.message.toString().trimStart().split('\n')[0] ?? ''
  return { tree, parents, subject: subject.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 200), ...original }
}

/**
 * The same commit on top of another one: tree, parent and committer are new, signatures fall away because they would no
 * longer match, and no line of the message claims a seal that this commit does not have.
 */
export function renderReplayed(
  original: Pick<OriginalCommit, 'author' | 'encoding' | 'message'>,
  { tree, parent, committer }: { tree: string; parent: string; committer: Ident },
): Buffer {
  const { author, encoding, message } = original
  return Buffer.concat([
    Buffer.from(`tree ${tree}\nparent ${parent}\nauthor `),
    author,
    Buffer.from(`\ncommitter ${renderIdent(committer)}\n`),
    Buffer.from(encoding === undefined ? '' : `encoding ${encoding}\n`, 'latin1'),
    Buffer.from('\n'),
    withoutClaims(message),
  ])
}

/** Without our trailers and the lines that continue them; the same bytes where there are none. */
function withoutClaims(message: Buffer): Buffer {
  const utf8 = message.toString()
  const encoding = Buffer.from(utf8).equals(message) ? 'utf8' : 'latin1'
  // Readers take CR and the Unicode line ends for the end of a line as well.
  const lines = message.toString(encoding).split(/(?<=\r\n|[\n\v\f\u0085\u2028\u2029]|\r(?!\n))/)
  let dropping = false
  const kept = lines.filter((line) => {
    dropping = looksLikeTrailer(line) || (dropping && /^[ \t]/.test(line))
    return !dropping
  })
  return kept.length === lines.length ? message : Buffer.from(kept.join(''), encoding)
}

const ident = /^[^\p{Cc}<>]*<[^\p{Cc}<>]*> \d{1,12} [+-]\d{1,7}$/u

/** Undefined where the encoding is not one that browsers know, or what comes out could not stand in a commit. */
function inUtf8(
  { author, message }: Pick<OriginalCommit, 'author' | 'message'>,
  encoding: string,
): Pick<OriginalCommit, 'author' | 'encoding' | 'message'> | undefined {
  try {
    const decoder = new TextDecoder(encoding.trim())
    const [name, text] = [decoder.decode(author), decoder.decode(message)]
    if (!ident.test(name) || text.includes('\0')) return undefined
    return { author: Buffer.from(name), encoding: undefined, message: Buffer.from(text) }
  } catch {
    return undefined
  }
}
