import { setMaxListeners } from 'node:events'
import type { PublicKeyAuthContext } from 'ssh2'
import type { OpenConnections } from '../http/open-connections.ts'
import { inOneLine, ProblemError } from '../http/problem.ts'
import { type AuthenticateParts, judgeKey, readShownKey, type Verdict } from './authenticate.ts'
import { type DoorGuest, type DoorLimits, mostOfOneAccount } from './door-limits.ts'
import { credentialId, type Login } from './login.ts'
import { serveSession, type SessionParts } from './session.ts'
import type { SshConnection } from './ssh2.ts'

interface ConnectionParts extends AuthenticateParts, SessionParts {
  limits: DoorLimits
  connections: Pick<OpenConnections, 'track'>
}

/** OpenSSH asks about each key of an agent; its own server stops after six. */
const mostQuestions = 20
const tooManyKeys = 'Your ssh offers too many keys. Name the right one: ssh -i FILE -o IdentitiesOnly=yes.'
const tooManyOpen = `You have ${mostOfOneAccount} connections open here, which is the most: end some, then try again.`
/** As many as OpenSSH's server. */
const mostSessions = 10
/** Sessions over the life of a connection that never ran anything. */
const mostUnused = 100
/** A client exchanges keys after each gigabyte or hour. */
const mostRekeysAMinute = 20
/** A master connection that nobody uses is closed. */
const unusedMs = 3_600_000

/**
 * One SSH connection, from its first word to its end: who came, then any number of commands. Whoever ends is cut off in
 * the middle of it. Busy while a command runs.
 */
export function serveConnection(
  parts: ConnectionParts,
  connection: SshConnection,
  { address, admitted }: { address: string; admitted: (guest: DoorGuest) => boolean },
): { isBusy: () => boolean } {
  const { limits, connections, now, log } = parts
  const { socket } = connection
  let login: Login | undefined
  let questions = 0
  let running = 0
  let unused = 0
  let rekeys = { from: now(), count: 0 }
  const cut = (): void => void socket.destroy()
  const isBusy = (): boolean => running > 0
  const over = new AbortController()
  connection.setNoDelay(true)
  // A few for each running command.
  setMaxListeners(mostSessions * 4, connection, socket, over.signal)
  // What a stranger sends wrongly is no fault of ours, and what git does wrongly is logged where it happens.
  connection.on('error', cut)
  connection.once('close', () => over.abort())
  const idle = setTimeout(() => (running === 0 ? cut() : idle.refresh()), unusedMs)
  over.signal.addEventListener('abort', () => clearTimeout(idle))

  connection.on('rekey', () => {
    if (now() - rekeys.from > 60_000) rekeys = { from: now(), count: 0 }
    rekeys.count += 1
    if (rekeys.count > mostRekeysAMinute) cut()
  })

  connection.on('authentication', (context) => {
    questions += 1
    if (!limits.mayAsk(address)) return cut()
    if (questions > mostQuestions) {
      connection.showBanner(`${tooManyKeys}\r\n`)
      return void connection.end()
    }
    if (context.method !== 'publickey') return context.reject(['publickey'])
    answerKey(context).catch((error: unknown) => {
      log(error, 'a login over SSH')
      cut()
    })
  })

  async function answerKey(context: PublicKeyAuthContext): Promise<void> {
    const from = { user: context.username, address }
    const shown = readShownKey(context)
    // ssh2 would answer RSA's algorithms by another name than they were asked with.
    context.key.algo = shown.algorithm
    const verdict = await judgeKey(parts, shown, from)
    if (over.signal.aborted) return
    if (verdict.kind === 'sign') return context.accept()
    const decided = verdict.kind === 'in' ? await enter(verdict.login) : verdict
    if (over.signal.aborted) return
    if (decided.kind !== 'in') {
      if (decided.kind === 'refused' && decided.sentence !== undefined) connection.showBanner(`${decided.sentence}\r\n`)
      return context.reject(['publickey'])
    }
    if (!admitted({ accountId: decided.login.caller.id, isBusy })) {
      connection.showBanner(`${tooManyOpen}\r\n`)
      return void connection.end()
    }
    login = decided.login
    context.accept()
    await parts.record.used(login, from)
  }

  /** Tracked first, then looked at once more: an end may have come between. */
  async function enter(proven: Login): Promise<Verdict> {
    const forget = connections.track([proven.caller.id, credentialId(proven)], cut)
    over.signal.addEventListener('abort', forget)
    if (over.signal.aborted) forget()
    try {
      const caller = await proven.source.again(proven.caller, now())
      return caller === undefined ? { kind: 'refused' } : { kind: 'in', login: { ...proven, caller } }
    } catch (error) {
      if (error instanceof ProblemError) return { kind: 'refused', sentence: inOneLine(error) }
      throw error
    }
  }

  connection.on('session', (accept, reject) => {
    if (login === undefined || running >= mostSessions) return reject()
    running += 1
    idle.refresh()
    const whenOver = (hasRun: boolean): void => {
      running -= 1
      idle.refresh()
      if (!hasRun && ++unused > mostUnused) cut()
    }
    serveSession(parts, { connection, session: accept(), login, over: over.signal, whenOver, cut })
  })

  return { isBusy }
}
