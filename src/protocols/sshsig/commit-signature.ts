import { createHash } from 'node:crypto'
import { SshsigError } from './sshsig.ts'

const HEADER = 'gpgsig '
const SIGNATURE_HEADER_PREFIX = 'gpgsig'

/** Puts an armored signature where `git commit -S` does: as the last header, further lines led by one space. */
export function insertGpgsig(commit: Buffer, armored: string): Buffer {
  const end = headersEnd(commit)
  const lines = armored.replace(/\n$/, '').split('\n')
  const header = Buffer.from(`${HEADER}${lines.join('\n ')}\n`)
  return Buffer.concat([commit.subarray(0, end), header, commit.subarray(end)])
}

/**
 * Splits a commit into what was signed and the signature, as git's parse_signed_commit does; undefined if unsigned.
 * Stricter than git where git would leave bytes unsigned: several signatures are not concatenated, headers such as
 * gpgsig-sha256 (which git silently drops from the payload) and a gpgsig that is not the last header are refused.
 * Throws SshsigError.
 */
export function splitGpgsig(commit: Buffer): { payload: Buffer; armored: string } | undefined {
  const end = headersEnd(commit)
  // Latin-1, so that places in the text are places in the bytes.
  const headers = `\n${commit.toString('latin1', 0, end)}`
  const start = headers.indexOf(`\n${SIGNATURE_HEADER_PREFIX}`)
  if (start < 0) return undefined
  for (let at = start; at >= 0; at = headers.indexOf(`\n${SIGNATURE_HEADER_PREFIX}`, at + 1)) {
    if (!headers.startsWith(HEADER, at + 1)) {
      throw new SshsigError('foreign-signature', 'a header that git keeps out of the signed bytes')
    }
    if (at > start) throw new SshsigError('several-signatures', 'more than one gpgsig header')
  }
  const split = {
    payload: Buffer.concat([commit.subarray(0, start), commit.subarray(end)]),
    armored: headers.slice(start + 1 + HEADER.length).replaceAll('\n ', '\n'),
  }
  // Also where other headers follow, or the signature is not ASCII.
  if (!insertGpgsig(split.payload, split.armored).equals(commit)) {
    throw new SshsigError('not-canonical', 'the signature is not the last header')
  }
  return split
}

/** The object id of these commit bytes in a SHA-1 repository. */
export function commitOid(commit: Buffer): string {
  return createHash('sha1').update(`commit ${commit.length}\0`).update(commit).digest('hex')
}

export interface Commit {
  tree: string
  parents: string[]
  /** `Name <mail>`, without the date. */
  author: string
  committer: string
  /** Seconds since 1970. */
  authorTimestamp: number
  committerTimestamp: number
  /** Decoded as UTF-8, whatever an `encoding` header says. */
  message: string
  /** Every header in order, the named ones too; continuation lines are joined by newlines. */
  headers: { name: string; value: string }[]
}

const IDENT = /^([^\n<>]*<[^\n<>]*>) (\d{1,12}) [+-]\d{1,7}$/
const OID = /^[0-9a-f]{40}$/

/** Parses the bytes of a commit object. Throws SshsigError `commit-malformed`. */
export function parseCommit(commit: Buffer): Commit {
  const end = headersEnd(commit)
  const headers = parseHeaders(commit.toString('utf8', 0, end))
  const parentCount = headers.slice(1).findIndex((header) => header.name !== 'parent')
  const [tree, ...rest] = headers
  const parents = rest.slice(0, Math.max(parentCount, 0))
  const [author, committer, ...others] = rest.slice(parents.length)
  if (tree?.name !== 'tree' || author?.name !== 'author' || committer?.name !== 'committer') {
    throw new SshsigError('commit-malformed', 'tree, author and committer are not in their places')
  }
  if (![tree, ...parents].every((header) => OID.test(header.value))) {
    throw new SshsigError('commit-malformed', 'not an object id')
  }
  if (others.some((header) => ['tree', 'parent', 'author', 'committer'].includes(header.name))) {
    throw new SshsigError('commit-malformed', 'a header stands twice')
  }
  const [authorName, authorTimestamp] = parseIdent(author.value)
  const [committerName, committerTimestamp] = parseIdent(committer.value)
  return {
    tree: tree.value,
    parents: parents.map((parent) => parent.value),
    author: authorName,
    committer: committerName,
    authorTimestamp,
    committerTimestamp,
    message: commit.toString('utf8', end + 1),
    headers,
  }
}

function parseIdent(value: string): [string, number] {
  const [, name, seconds] = IDENT.exec(value) ?? []
  if (name === undefined) throw new SshsigError('commit-malformed', 'not a person with a date')
  return [name, Number(seconds)]
}

function parseHeaders(text: string): { name: string; value: string }[] {
  const headers: { name: string; value: string }[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    const last = headers.at(-1)
    if (line.startsWith(' ') && last) {
      last.value += `\n${line.slice(1)}`
      continue
    }
    const space = line.indexOf(' ')
    if (space < 1) throw new SshsigError('commit-malformed', 'a header has no name')
    headers.push({ name: line.slice(0, space), value: line.slice(space + 1) })
  }
  return headers
}

/** Where the empty line between headers and message stands. */
function headersEnd(commit: Buffer): number {
  const end = commit.indexOf('\n\n')
  if (end < 0) throw new SshsigError('commit-malformed', 'no empty line after the headers')
  return end + 1
}
