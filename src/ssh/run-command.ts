import type { ServerChannel } from 'ssh2'
import { inOneLine, ProblemError } from '../http/problem.ts'
import { encodePkt } from '../protocols/git/pkt-line.ts'
import { asRefusal } from '../repositories/git-reply.ts'
import type { LfsAuthenticate } from '../repositories/lfs/ssh-authenticate.ts'
import type { SshTransport } from '../repositories/ssh-transport.ts'
import { type ChannelAnswer, createChannelAnswer } from './channel-answer.ts'
import { parseExecCommand } from './exec-command.ts'
import type { Login } from './login.ts'
import type { SshConnection } from './ssh2.ts'

export interface CommandParts {
  transport: SshTransport
  authenticateLfs: LfsAuthenticate
  /** How long a fetch or push may stand still in both directions. */
  idleMs: number
  now: () => number
  log: (error: unknown, doing: string) => void
}

interface Running {
  connection: SshConnection
  channel: ServerChannel
  /** When the client has closed the channel, or is gone. */
  whenGone: (work: () => void) => void
  login: Login
  protocolVersion: 0 | 1 | 2
  /** Ends the whole connection. */
  cut: () => void
}

/** One command on one channel: git's, judged anew now, or one line that says why not. */
export async function runCommand(parts: CommandParts, running: Running, command: string): Promise<void> {
  const { channel, login, connection } = running
  const parsed = parseExecCommand(command)
  if (parsed.kind === 'refused') return endWithLine(channel, parsed.sentence)
  if (parsed.kind === 'lfs') return answerLfs(parts, running, parsed)
  const answer = createChannelAnswer(connection, channel)
  running.whenGone(() => answer.stream.destroy())
  const stopWatch = watchIdle(connection, answer, parts.idleMs)
  try {
    const caller = await login.source.again(login.caller, parts.now())
    if (caller === undefined) {
      refuse(answer, endedProblem())
      // After the sentence has left: nothing else may be done on this connection.
      answer.stream.once('close', running.cut)
      return
    }
    const { service, path } = parsed
    const { protocolVersion } = running
    const recognise = () => login.source.again(login.caller, parts.now(), true)
    const talk = { service, path, protocolVersion, caller, recognise, input: channel, answer }
    answer.exitCode = await parts.transport(talk)
    answer.stream.end()
  } catch (error) {
    const refusal = asRefusal(error)
    if (refusal.status >= 500 && !answer.stream.destroyed) parts.log(error, 'git over SSH')
    refuse(answer, refusal)
  } finally {
    stopWatch()
  }
}

/** What git-lfs needs for its own requests over HTTPS, as JSON; a refusal is a line for its user. */
async function answerLfs(
  { authenticateLfs, now, log }: CommandParts,
  { channel, login, cut }: Running,
  asked: Pick<Parameters<LfsAuthenticate>[0], 'path' | 'operation'>,
): Promise<void> {
  try {
    const caller = await login.source.again(login.caller, now())
    if (caller === undefined) {
      channel.once('close', cut)
      return endWithLine(channel, inOneLine(endedProblem()))
    }
    const line = await authenticateLfs({ path: asked.path, operation: asked.operation, caller })
    channel.write(`${line}\n`)
    channel.exit(0)
    channel.end()
  } catch (error) {
    const refusal = asRefusal(error)
    if (refusal.status >= 500) log(error, 'Git LFS over SSH')
    endWithLine(channel, inOneLine(refusal))
  }
}

/** gitprotocol-pack: git prints `fatal: remote error:` with the sentence, and no guess of its own about rights. */
function refuse(answer: ChannelAnswer, refusal: ProblemError): void {
  const { stream } = answer
  if (answer.hasStarted() || stream.destroyed) return void stream.destroy()
  answer.exitCode = 1
  stream.end(encodePkt(`ERR ${inOneLine(refusal)}`))
}

const endedProblem = (): ProblemError =>
  new ProblemError(401, 'access-ended', 'This key no longer lets you in.', {
    help: 'It has ended since you connected, or its rules have changed.',
  })

/** For everything that is not git: shown by `ssh` as it is. */
export function endWithLine(channel: ServerChannel, line: string, exitCode = 1): void {
  channel.stderr.write(`${line}\n`)
  channel.exit(exitCode)
  channel.end()
}

/** Keeping the connection alive takes fewer bytes than this. */
const idleBytes = 16 * 1024

/** A client that neither sends nor reads holds a process of git's: it is let go. */
function watchIdle({ socket }: SshConnection, { stream }: ChannelAnswer, idleMs: number): () => void {
  const moved = (): number => socket.bytesRead + socket.bytesWritten
  let before = moved()
  const timer = setInterval(() => {
    if (moved() - before < idleBytes) stream.destroy()
    before = moved()
  }, idleMs)
  return () => clearInterval(timer)
}
