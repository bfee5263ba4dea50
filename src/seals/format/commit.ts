import { insertGpgsig } from '../../protocols/sshsig/commit-signature.ts'
import { cleanBody, cleanSubject } from './message-text.ts'
import { SealError } from './seal-error.ts'
import { BRANCH_REF, DIGEST, OPAQUE_ID, type Statement, isGitAction } from './statement.ts'

export interface Ident {
  name: string
  email: string
  /** Seconds since 1970. */
  timestamp: number
  /** As git writes it: `+0200`. */
  offset: string
}

/** The commit that a merge, a squash or an edit will make. Names and texts may hold anything: rendering cleans them. */
export interface CommitTemplate {
  tree: string
  parents: string[]
  author: Ident
  /** The signer; the mail must be the signer's principal. */
  committer: Ident
  subject: string
  body: string
}

/** What the trailers of a sealed commit say. */
export interface Trailers {
  repository: string
  ref: string
  /** Null where the tap wrote the commit, and brought it nowhere. */
  pullRequest: string | null
  /** `sha256:<hex>` */
  statement: string
}

/** What the trailers of the commit for a merge, a squash or an edit say. */
export function trailersFor(statement: Statement, digest: string): Trailers {
  const { action, repository, targetRef, pullRequest = null } = statement.predicate
  const makesOne = isGitAction(action) ? pullRequest !== null : action === 'commit'
  if (!makesOne || !repository || !targetRef) throw new SealError('action-mismatch', `${action} makes no commit`)
  return { repository: repository.id, ref: targetRef, pullRequest, statement: digest }
}

const OID = /^[0-9a-f]{40}$/
const OFFSET = /^[+-](?:0\d|1[0-4])[0-5]\d$/
const MAX_TIMESTAMP = 99_999_999_999

/**
 * The unsigned bytes of the commit: what the tap signs. One template and one set of trailers always give the same bytes.
 * Throws SealError `template-invalid` for what cannot be cleaned: object ids, dates, offsets.
 */
export function renderCommit(template: CommitTemplate, trailers: Trailers): Buffer {
  const { tree, parents } = template
  if (![tree, ...parents].every((oid) => OID.test(oid))) throw new SealError('template-invalid', 'not an object id')
  const headers = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${renderIdent(template.author)}`,
    `committer ${renderIdent(template.committer)}`,
  ]
  const subject = cleanSubject(template.subject, fallbackFor(trailers))
  const body = cleanBody(template.body)
  const paragraphs = [subject, ...(body ? [body] : []), renderTrailers(trailers)]
  return Buffer.from(`${headers.join('\n')}\n\n${paragraphs.join('\n\n')}`)
}

/** What people will read in the commit of an edit, without its trailers. */
export function editMessage({ subject, body }: Pick<CommitTemplate, 'subject' | 'body'>): string {
  return [cleanSubject(subject, 'Change files'), cleanBody(body)].filter(Boolean).join('\n\n')
}

const fallbackFor = ({ pullRequest }: Trailers): string =>
  pullRequest === null ? 'Change files' : `Merge pull request ${pullRequest}`

/** The object to write: with the signature where there is one, else as it was signed. */
export function sealedCommit(unsigned: Buffer, armored: string | null): Buffer {
  return armored === null ? unsigned : insertGpgsig(unsigned, armored)
}

/** As in the headers of a commit, cleaned. Throws SealError `template-invalid` for what is no date. */
export function renderIdent({ name, email, timestamp, offset }: Ident): string {
  if (!Number.isInteger(timestamp) || timestamp < 0 || timestamp > MAX_TIMESTAMP || !OFFSET.test(offset)) {
    throw new SealError('template-invalid', 'not a date')
  }
  return `${cleanIdentText(name) || 'unknown'} <${cleanIdentText(email)}> ${timestamp} ${offset}`
}

/** As git's ident.c: no brackets, no line ends, and none of its "crud" at either end. */
function cleanIdentText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[<>\p{Cc}\u2028\u2029]/gu, '')
    .slice(0, 250)
    .toWellFormed()
    .replace(/^[\s.,:;"\\']+|[\s.,:;"\\']+$/g, '')
}

function renderTrailers(trailers: Trailers): string {
  const lines = [
    `Postern-Repository: ${trailers.repository}`,
    `Postern-Ref: ${trailers.ref}`,
    ...(trailers.pullRequest === null ? [] : [`Postern-Pull-Request: ${trailers.pullRequest}`]),
    `Postern-Statement: ${trailers.statement}`,
  ]
  const block = `${lines.join('\n')}\n`
  if (!readBlock(block)) throw new SealError('template-invalid', 'a trailer holds what no verifier would read')
  return block
}

const BLOCK =
  /^Postern-Repository: ([^\n]*)\nPostern-Ref: ([^\n]*)\n(?:Postern-Pull-Request: (\d{1,10})\n)?Postern-Statement: ([^\n]*)\n$/

function readBlock(text: string): Trailers | undefined {
  const [, repository = '', ref = '', pullRequest = null, statement = ''] = BLOCK.exec(text) ?? []
  if (!OPAQUE_ID.test(repository) || !BRANCH_REF.test(ref) || !DIGEST.test(statement)) return undefined
  return { repository, ref, pullRequest, statement }
}

/** A line that programs could take for a trailer of ours; `^` also matches after CR, U+2028 and U+2029. */
export const TRAILER_LINE: RegExp = /^[ \t]*postern-/gim

/**
 * The trailers of a commit message; undefined where no line begins like one. They must be the whole last block, in
 * their order, and stand nowhere else. Throws SealError `trailers-malformed`.
 */
export function parseTrailers(message: string): Trailers | undefined {
  const lines = message.match(TRAILER_LINE)?.length ?? 0
  if (lines === 0) return undefined
  const trailers = readBlock(message.slice(message.lastIndexOf('\n\n') + 2))
  if (!trailers || lines !== (trailers.pullRequest === null ? 3 : 4)) {
    throw new SealError('trailers-malformed', 'the trailers are not exactly the last block')
  }
  return trailers
}

/** Whether these trailers are those of this statement. Throws SealError with the code of what differs. */
export function checkTrailers(found: Trailers, statement: Statement, digest: string): void {
  const expected = trailersFor(statement, digest)
  if (found.statement !== expected.statement) throw new SealError('statement-missing', 'it names another statement')
  if (found.repository !== expected.repository)
    throw new SealError('repository-mismatch', 'sealed for another repository')
  if (found.ref !== expected.ref) throw new SealError('ref-mismatch', 'sealed for another branch')
  if (found.pullRequest !== expected.pullRequest) {
    throw new SealError('pull-request-mismatch', 'sealed for another pull request')
  }
}
