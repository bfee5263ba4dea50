import { Writable } from 'node:stream'
import type { ServerChannel } from 'ssh2'
import type { GitAnswer } from '../repositories/git-answer.ts'
import type { SshConnection } from './ssh2.ts'

/** What may wait in the socket beside what the other side allows: ssh2 looks at nothing but that. */
const mostUnsentBytes = 1024 ** 2

/** git's answer as a channel; it closes with an exit code when it ends. */
export interface ChannelAnswer extends GitAnswer {
  /** Said when the answer ends. */
  exitCode: number
}

/**
 * A channel as an answer. It writes at the pace of the socket and waits while keys are exchanged: a client that promises
 * to read everything and reads nothing costs a megabyte, not the size of the repository.
 */
export function createChannelAnswer(connection: SshConnection, channel: ServerChannel): ChannelAnswer {
  const { socket } = connection
  let hasStarted = false
  const whenSendable = (send: () => void): void => {
    const again = (): void => whenSendable(send)
    if (connection.isExchangingKeys) connection.once('rekey', again)
    else if (socket.writableLength > mostUnsentBytes) socket.once('drain', again)
    else send()
  }
  const stream = new Writable({
    highWaterMark: 128 * 1024,
    write(chunk: Buffer, _encoding, done) {
      hasStarted = true
      whenSendable(() => void channel.write(chunk, (error) => done(error)))
    },
    final(done) {
      channel.exit(answer.exitCode)
      channel.end(() => done())
    },
    destroy(error, done) {
      channel.close()
      done(error)
    },
  })
  // Whoever goes away in the middle is no fault of ours.
  stream.on('error', () => undefined)
  const answer: ChannelAnswer = { stream, exitCode: 0, start: () => undefined, hasStarted: () => hasStarted }
  return answer
}
