// seals/format owns the bytes of a seal: statement, commit, record, signers' list, and how each is verified. It does
// no I/O, asks no clock and knows no table, so that the server and the offline verifier judge by the same code.

import { sha256 } from '../../protocols/sha256.ts'
import { StrictJson, renderCanonical } from './strict-json.ts'
import { parseTime } from './time.ts'

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
export const PREDICATE_TYPE = 'urn:postern:approval:v1'
/** SSHSIG namespace of detached seals; never `git`, so that neither can stand in for the other. */
export const SEAL_NAMESPACE = 'approval@postern'
/** SSHSIG namespace of merge, squash, commit and tag, whose message is the git object itself. */
export const GIT_NAMESPACE = 'git'
export const ZERO_OID = '0'.repeat(40)

export interface Subject {
  /**
   * Absent on the commit that it is about; `head` is what was proposed where that is another, `patch` the digest of the
   * change, `request` the body of an act, `credential` the COSE key that an act vouches for.
   */
  name?: string
  digest: { gitCommit: string } | { sha256: string }
}

export interface Signer {
  userId: string
  username: string
  /** WebAuthn credential id, base64url. */
  credentialId: string
}

/** The HTTP request that an act allows, and nothing else. */
export interface Act {
  method: string
  /** Route template, e.g. `/api/v1/me/tokens`. */
  route: string
  parameters: Record<string, string>
  /** `sha256:<hex>` of the body. */
  bodyDigest: string
  /** The sentence the person read. */
  title: string
}

export interface Predicate {
  /** A RefAction, or the name of an act such as `token.create`. */
  action: string
  repository?: { id: string; url: string }
  /** Full name of the branch, or of the tag. */
  targetRef?: string
  /** Its tip before, for `approve` the merge base; all zeros where protection, the branch or the tag begins. */
  fromID?: string
  /** The tree after. */
  targetID?: string
  pullRequest?: string
  policyDigest: string
  signer: Signer
  /** User id of whoever asked for the tap. */
  requestedBy: string
  /** RFC 3339 UTC, whole seconds. */
  issuedAt: string
  notAfter: string
  /** 16 random bytes, base64url: the only entropy of the challenge. */
  nonce: string
  act?: Act
}

/** In-toto Statement v1. */
export interface Statement {
  _type: typeof STATEMENT_TYPE
  subject: Subject[]
  predicateType: typeof PREDICATE_TYPE
  predicate: Predicate
}

/** A statement before the person has chosen a credential. */
export interface StatementDraft {
  subject: Subject[]
  predicate: Omit<Predicate, 'signer'> & { signer: Omit<Signer, 'credentialId'> }
}

/** The exact bytes to store, hash and sign. Throws SealError `statement-malformed` for what no verifier would read. */
export function renderStatement(draft: StatementDraft, chosen: { credentialId: string }): Buffer {
  const { subject, predicate } = draft
  const bytes = renderCanonical({
    _type: STATEMENT_TYPE,
    subject,
    predicateType: PREDICATE_TYPE,
    predicate: { ...predicate, signer: { ...predicate.signer, credentialId: chosen.credentialId } },
  })
  parseStatement(bytes)
  return bytes
}

/** `sha256:<hex>` of the bytes as they are. */
export function statementDigest(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes).toString('hex')}`
}

/** What a person can seal about a branch. `merge` and `squash` sign the commit itself, the others stand beside it. */
export type BranchAction = UpdateAction | 'approve' | 'confirm' | 'protect'
/** Those that move the branch. */
export type UpdateAction = 'merge' | 'squash' | 'fast-forward' | 'rebase' | 'push'

/**
 * What a person can seal about a branch or a tag. A tag is made once, and its signature is its own. A `commit` says who wrote
 * it, and moves no protected branch.
 */
export type RefAction = BranchAction | 'commit' | 'tag'

/** Those whose tap signs the commit that lands on a branch. */
export function isGitAction(action: string): action is 'merge' | 'squash' {
  return action === 'merge' || action === 'squash'
}

/** Those whose tap signs the git object that it makes, a commit or a tag. */
export function signsObject(action: string): action is 'merge' | 'squash' | 'commit' | 'tag' {
  return isGitAction(action) || action === 'commit' || action === 'tag'
}

const json: StrictJson = new StrictJson('statement-malformed')

const OID = /^[0-9a-f]{40}$/
const HEX_SHA256 = /^[0-9a-f]{64}$/
export const DIGEST = /^sha256:[0-9a-f]{64}$/
export const OPAQUE_ID = /^[A-Za-z0-9_-]{1,64}$/
export const USERNAME = /^[a-z0-9][a-z0-9-]{1,38}$/
/** WebAuthn limits credential ids to 1023 bytes. */
export const CREDENTIAL_ID = /^[A-Za-z0-9_-]{1,1364}$/
/** A branch, with nothing that could end a line, hide, or mean something to git's own syntax. */
export const BRANCH_REF = /^refs\/heads\/[^\p{C}\p{Z}~^:?*[\\]{1,240}$/u
/** A tag, as strictly. */
export const TAG_REF = /^refs\/tags\/[^\p{C}\p{Z}~^:?*[\\]{1,240}$/u
const ACTION = /^[a-z]+(?:[.-][a-z]+)*$/
const ACT_NAME = /^[a-z-]+(?:\.[a-z-]+)+$/
const NUMBER = /^[1-9]\d{0,9}$/
const NONCE = /^[A-Za-z0-9_-]{21}[AQgw]$/
const METHOD = /^[A-Z]{3,7}$/
const ROUTE = /^\/[^\p{C}\p{Z}]{0,500}$/u
const URL_TEXT = /^https?:\/\/[^\p{C}\p{Z}]{1,2000}$/u
const PARAMETER_NAME = /^[A-Za-z*][A-Za-z0-9]{0,63}$/
// The only text a person writes freely: one line of at most 500 characters.
const ONE_LINE = /^[^\p{Cc}\p{Cs}\u2028\u2029]{1,500}$/u
const PARAMETER_VALUE = /^[^\p{Cc}\p{Cs}\u2028\u2029]{0,1000}$/u

/** Throws SealError `statement-malformed` for anything but a statement of this version, exactly. */
export function parseStatement(bytes: Uint8Array): Statement {
  const top = json.fields(json.parse(bytes), 'the statement', ['_type', 'subject', 'predicateType', 'predicate'])
  json.oneOf(top['_type'], '_type', [STATEMENT_TYPE])
  json.oneOf(top['predicateType'], 'predicateType', [PREDICATE_TYPE])
  const subject = json.list(top['subject'], 'subject', { min: 1, max: 8 }, readSubject)
  const predicate = readPredicate(top['predicate'])
  checkShape(subject, predicate)
  return { _type: STATEMENT_TYPE, subject, predicateType: PREDICATE_TYPE, predicate }
}

function readSubject(value: unknown): Subject {
  const { name, digest } = json.fields(value, 'subject', ['digest'], ['name'])
  const read: Subject = { digest: readDigest(digest) }
  if (name !== undefined) read.name = json.text(name, 'subject.name', ACTION)
  return read
}

function readDigest(value: unknown): Subject['digest'] {
  const digest = json.fields(value, 'digest', [], ['gitCommit', 'sha256'])
  const [name, ...more] = Object.keys(digest)
  if (name === undefined || more.length > 0) json.fail('a subject has one digest')
  if (name === 'gitCommit') return { gitCommit: json.text(digest['gitCommit'], 'digest.gitCommit', OID) }
  return { sha256: json.text(digest['sha256'], 'digest.sha256', HEX_SHA256) }
}

const REQUIRED = ['action', 'policyDigest', 'signer', 'requestedBy', 'issuedAt', 'notAfter', 'nonce'] as const
const OPTIONAL = ['repository', 'targetRef', 'fromID', 'targetID', 'pullRequest', 'act'] as const

function readPredicate(value: unknown): Predicate {
  const from = json.fields(value, 'predicate', REQUIRED, OPTIONAL)
  const predicate: Predicate = {
    action: json.text(from['action'], 'action', ACTION),
    policyDigest: json.text(from['policyDigest'], 'policyDigest', DIGEST),
    signer: readSigner(from['signer']),
    requestedBy: json.text(from['requestedBy'], 'requestedBy', OPAQUE_ID),
    issuedAt: readTime(from['issuedAt'], 'issuedAt'),
    notAfter: readTime(from['notAfter'], 'notAfter'),
    nonce: json.text(from['nonce'], 'nonce', NONCE),
  }
  if (from['repository'] !== undefined) predicate.repository = readRepository(from['repository'])
  if (from['targetRef'] !== undefined) predicate.targetRef = readRef(from['targetRef'], predicate.action)
  if (from['fromID'] !== undefined) predicate.fromID = json.text(from['fromID'], 'fromID', OID)
  if (from['targetID'] !== undefined) predicate.targetID = json.text(from['targetID'], 'targetID', OID)
  if (from['pullRequest'] !== undefined) predicate.pullRequest = json.text(from['pullRequest'], 'pullRequest', NUMBER)
  if (from['act'] !== undefined) predicate.act = readAct(from['act'])
  if (predicate.issuedAt > predicate.notAfter) json.fail('notAfter is before issuedAt')
  return predicate
}

const readRef = (value: unknown, action: string): string =>
  json.text(value, 'targetRef', action === 'tag' ? TAG_REF : BRANCH_REF)

function readSigner(value: unknown): Signer {
  const signer = json.fields(value, 'signer', ['userId', 'username', 'credentialId'])
  return {
    userId: json.text(signer['userId'], 'signer.userId', OPAQUE_ID),
    username: json.text(signer['username'], 'signer.username', USERNAME),
    credentialId: json.text(signer['credentialId'], 'signer.credentialId', CREDENTIAL_ID),
  }
}

function readRepository(value: unknown): { id: string; url: string } {
  const repository = json.fields(value, 'repository', ['id', 'url'])
  return {
    id: json.text(repository['id'], 'repository.id', OPAQUE_ID),
    url: json.text(repository['url'], 'repository.url', URL_TEXT),
  }
}

function readAct(value: unknown): Act {
  const act = json.fields(value, 'act', ['method', 'route', 'parameters', 'bodyDigest', 'title'])
  return {
    method: json.text(act['method'], 'act.method', METHOD),
    route: json.text(act['route'], 'act.route', ROUTE),
    parameters: json.textMap(act['parameters'], 'act.parameters', PARAMETER_NAME, PARAMETER_VALUE),
    bodyDigest: json.text(act['bodyDigest'], 'act.bodyDigest', DIGEST),
    title: json.text(act['title'], 'act.title', ONE_LINE),
  }
}

function readTime(value: unknown, where: string): string {
  if (typeof value !== 'string' || parseTime(value) === undefined) json.fail(`${where} is not a time`)
  return value
}

/**
 * What an act upon a branch or a tag speaks of: whether it belongs to a pull request, what it names beside its commit, and
 * whether there may be a tip before it.
 */
const REF_ACTIONS = {
  merge: { pullRequest: true, beside: undefined, before: 'a tip' },
  squash: { pullRequest: true, beside: undefined, before: 'a tip' },
  'fast-forward': { pullRequest: true, beside: undefined, before: 'a tip' },
  rebase: { pullRequest: true, beside: 'head', before: 'a tip' },
  push: { pullRequest: false, beside: undefined, before: 'either' },
  approve: { pullRequest: true, beside: 'patch', before: 'a tip' },
  confirm: { pullRequest: true, beside: undefined, before: 'a tip' },
  protect: { pullRequest: false, beside: undefined, before: 'nothing' },
  commit: { pullRequest: false, beside: undefined, before: 'either' },
  tag: { pullRequest: false, beside: undefined, before: 'nothing' },
} as const satisfies Record<RefAction, object>

const isRefAction = (action: string): action is RefAction => Object.hasOwn(REF_ACTIONS, action)

/** Which fields an action has is fixed, so that no statement can be read as another action's. */
function checkShape(subject: Subject[], predicate: Predicate): void {
  const { action } = predicate
  if (isRefAction(action)) return checkRefShape(action, subject, predicate)
  const { act, targetRef, fromID, targetID, pullRequest } = predicate
  const [first] = subject
  if (!ACT_NAME.test(action)) json.fail('the action is not known')
  if (!act || targetRef || fromID || targetID || pullRequest) json.fail('an act has other fields')
  if (first?.name !== 'request' || !('sha256' in first.digest) || `sha256:${first.digest.sha256}` !== act.bodyDigest) {
    json.fail('the first subject of an act is its request')
  }
  const names = subject.map((item) => item.name)
  if (names.includes(undefined) || new Set(names).size !== names.length) json.fail('a subject has no name of its own')
}

function checkRefShape(action: RefAction, subject: Subject[], predicate: Predicate): void {
  const { act, repository, targetRef, fromID, targetID, pullRequest } = predicate
  const shape = REF_ACTIONS[action]
  if (act || !repository || !targetRef || !fromID || !targetID) json.fail(`${action} has other fields`)
  const [first, second, ...more] = subject
  if (first === undefined || !('gitCommit' in first.digest) || first.name !== undefined)
    json.fail(`the first subject of ${action} is a commit`)
  if (more.length > 0 || second?.name !== shape.beside) json.fail(`${action} has other subjects`)
  if (second !== undefined && 'gitCommit' in second.digest !== (shape.beside === 'head'))
    json.fail(`the ${second.name} of ${action} has another digest`)
  if (shape.pullRequest !== (pullRequest !== undefined)) json.fail(`${action} and pull requests do not go together so`)
  if (shape.before !== 'either' && (shape.before === 'nothing') !== (fromID === ZERO_OID))
    json.fail('only a start has no tip before it')
}
