import { type RefCommand, zeroOid } from './ref-command.ts'

/** What `git push --signed` signs, gitprotocol-pack "push-cert": which references go where, and for whom it was made. */
export interface PushCertificate {
  /** How the client names its key. Anybody can write anything here. */
  pusher: string
  /** The address that was pushed to, as the client has it; null where it says none. */
  pushee: string | null
  nonce: string
  options: string[]
  commands: RefCommand[]
  /** The signed bytes: all that stands before the signature. */
  payload: string
  /** The armored signature, of whatever kind. */
  armored: string
}

export class PushCertificateError extends Error {
  override readonly name = 'PushCertificateError'
}

const VERSION = 'certificate version 0.1'
const BEGIN = '\n-----BEGIN '
const headerPattern = /^(pusher|pushee|nonce|push-option) (.+)$/
const commandPattern = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+)$/

/**
 * Takes a certificate apart, stricter than git: every line of it is known, nothing stands twice, and there is one
 * signature, so that what we read and what git carries out cannot differ. Throws PushCertificateError.
 */
export function parsePushCertificate(text: string): PushCertificate {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text)) throw malformed('it holds control characters')
  const signatureAt = text.indexOf(BEGIN) + 1
  if (signatureAt === 0) throw malformed('it is not signed')
  // git takes the last such line for the beginning of the signature.
  if (text.includes(BEGIN, signatureAt)) throw malformed('it is signed twice')
  const payload = text.slice(0, signatureAt)
  const headEnd = payload.indexOf('\n\n')
  if (headEnd < 0) throw malformed('it says nothing to do')
  const [version, ...lines] = payload.slice(0, headEnd).split('\n')
  if (version !== VERSION) throw malformed('it is of another version')
  return {
    ...readHeaders(lines),
    commands: payload
      .slice(headEnd + 2, -1)
      .split('\n')
      .map(readCommand),
    payload,
    armored: text.slice(signatureAt),
  }
}

function readHeaders(lines: readonly string[]): Pick<PushCertificate, 'pusher' | 'pushee' | 'nonce' | 'options'> {
  const named = new Map<string, string>()
  const options: string[] = []
  for (const line of lines) {
    const [, name, value] = headerPattern.exec(line) ?? []
    if (name === undefined || value === undefined) throw malformed('a line of its head is unknown')
    if (name === 'push-option') options.push(value)
    else if (named.has(name)) throw malformed(`it names ${name} twice`)
    else named.set(name, value)
  }
  const [pusher, nonce] = [named.get('pusher'), named.get('nonce')]
  if (pusher === undefined) throw malformed('it names nobody')
  if (nonce === undefined) throw malformed('it was made without the word that we gave for it')
  return { pusher, pushee: named.get('pushee') ?? null, nonce, options }
}

function readCommand(line: string): RefCommand {
  const [, oldOid, newOid, ref] = commandPattern.exec(line) ?? []
  if (oldOid === undefined || newOid === undefined || ref === undefined || (oldOid === zeroOid && newOid === zeroOid))
    throw malformed('a line of it is no update')
  return { ref, oldOid, newOid }
}

/**
 * Whether a push was made to this repository, by its path `project/name`. The host is whatever the pusher calls it, over a
 * tunnel or by a name of their own.
 */
export function isPusheeOf(pushee: string, path: string): boolean {
  let end = pushee.length
  // By hand: an expression that looks for the last slashes looks at a long row of them once for each.
  while (pushee[end - 1] === '/') end--
  const named = pushee
    .slice(0, end)
    .replace(/\.git$/i, '')
    .toLowerCase()
  return named.endsWith(`/${path.toLowerCase()}`) || named.endsWith(`:${path.toLowerCase()}`)
}

/** The path that an address of a repository names, `project/name`, lower case; undefined where it names none. */
export function pathNamedBy(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const path = new URL(url).pathname.replace(/^\/|\/$/g, '')
  return path === '' ? undefined : path.replace(/\.git$/, '').toLowerCase()
}

/**
 * When the server gave the word that was signed, in seconds since 1970 (git's `<seconds>-<HMAC>`); undefined for a word of
 * another form. That it gave it only the server can tell.
 */
export function nonceTime(nonce: string): number | undefined {
  const [, seconds] = /^([1-9]\d{0,10})-[0-9a-f]{40}$/.exec(nonce) ?? []
  return seconds === undefined ? undefined : Number(seconds)
}

/** How long after it was given a word is taken: as long as somebody may look for their key and its PIN. */
export const NONCE_SECONDS = 300

const malformed = (message: string): PushCertificateError => new PushCertificateError(message)
