import type { ServerChannel, Session } from 'ssh2'
import { parseGitProtocol } from '../protocols/git/protocol-version.ts'
import { renderGreeting } from './greeting.ts'
import type { SshAddress } from './host-key.ts'
import type { Login } from './login.ts'
import { type CommandParts, endWithLine, runCommand } from './run-command.ts'
import type { SshConnection } from './ssh2.ts'

export interface SessionParts extends CommandParts {
  /** Where people reach it. */
  address: () => SshAddress
}

/**
 * One session of a connection: git's command, or a word about what there is. Of what the client says about its
 * surroundings only git's protocol version is taken over; a terminal, an agent or a display there is none.
 */
export function serveSession(
  parts: SessionParts,
  asked: {
    connection: SshConnection
    session: Session
    login: Login
    /** Aborted with the connection. */
    over: AbortSignal
    whenOver: (hasRun: boolean) => void
    /** Ends the connection. */
    cut: () => void
  },
): void {
  const { connection, session, login, over, cut } = asked
  const gone = new AbortController()
  const end = (): void => gone.abort()
  const whenGone = (work: () => void): void =>
    gone.signal.aborted ? work() : gone.signal.addEventListener('abort', work)
  let protocolVersion: 0 | 1 | 2 = 0
  let hasRun = false
  over.addEventListener('abort', end)
  session.once('close', end)
  whenGone(() => {
    over.removeEventListener('abort', end)
    asked.whenOver(hasRun)
  })

  /** Undefined where the session runs something already. */
  function open(begin: () => ServerChannel): ServerChannel | undefined {
    const channel: ServerChannel | undefined = begin()
    if (channel === undefined) return undefined
    hasRun = true
    return channel.on('error', () => undefined)
  }

  session.on('env', (take, refuse, { key, val }) => {
    if (key !== 'GIT_PROTOCOL') return refuse?.()
    protocolVersion = parseGitProtocol(val)
    take?.()
  })
  session.on('exec', (begin, _refuse, { command }) => {
    const channel = open(begin)
    if (channel === undefined) return
    const running = { connection, channel, whenGone, login, protocolVersion, cut }
    runCommand(parts, running, command).catch((error: unknown) => {
      parts.log(error, 'a command over SSH')
      cut()
    })
  })
  session.on('shell', (begin) => {
    const channel = open(begin)
    if (channel !== undefined) endWithLine(channel, renderGreeting(login, parts.address()), 0)
  })
  session.on('subsystem', (begin) => {
    const channel = open(begin)
    if (channel !== undefined) endWithLine(channel, 'Files are not served over SSH: only git fetch, clone and push.')
  })
}
