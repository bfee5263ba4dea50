import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface ReceivedLetter {
  from: string
  to: string[]
  /** Unfolded, names in lower case, encoded words as they came. */
  headers: Map<string, string>
  /** The whole head, as it came. */
  head: string
  text: string
  overTls: boolean
  user: string | undefined
}

export interface MailServer extends AsyncDisposable {
  port: number
  letters: ReceivedLetter[]
  /** The next letter that has not been read by `next`. */
  next(): Promise<ReceivedLetter>
  /** What it answers every letter with from now on; undefined accepts. */
  refuse(answer: string | undefined): void
  /** How often somebody connected. */
  connections: number
}

export type MailServerOptions = SMTPServerOptions & { port?: number; password?: string }

/** A real SMTP server in this process. Offers STARTTLS only where it is given a certificate. */
export async function startMailServer({ port = 0, password, ...options }: MailServerOptions = {}): Promise<MailServer> {
  const letters: ReceivedLetter[] = []
  const waiting: ((letter: ReceivedLetter) => void)[] = []
  let read = 0
  let refusal: string | undefined
  const started: MailServer = {
    port: 0,
    letters,
    connections: 0,
    async next() {
      const letter = letters[read++]
      return letter ?? new Promise((resolve) => waiting.push(resolve))
    },
    refuse(answer) {
      refusal = answer
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
  const server = new SMTPServer({
    authOptional: password === undefined,
    disabledCommands: [
      ...(options.cert === undefined ? ['STARTTLS'] : []),
      ...(password === undefined ? ['AUTH'] : []),
    ],
    closeTimeout: 1,
    onConnect(_, done) {
      started.connections += 1
      done()
    },
    onAuth(given, _, done) {
      if (given.password === password) done(null, { user: given.username })
      else done(new Error('535 5.7.8 Authentication failed'))
    },
    onData(stream, session, done) {
      text(stream).then((message) => {
        if (refusal !== undefined) {
          done(Object.assign(new Error(refusal), { responseCode: 451 }))
          return
        }
        const letter = {
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          ...parseMessage(message),
          overTls: session.secure,
          user: session.user,
        }
        letters.push(letter)
        const reader = waiting.shift()
        reader?.(letter)
        done()
      }, done)
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  started.port = address.port
  return started
}

function parseMessage(message: string): { headers: Map<string, string>; head: string; text: string } {
  const [head = '', body = ''] = message.split(/\r\n\r\n(.*)/s)
  const headers = new Map(
    head
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const encoding = headers.get('content-transfer-encoding')
  const text =
    encoding === 'quoted-printable'
      ? decodeQuotedPrintable(body)
      : encoding === 'base64'
        ? Buffer.from(body, 'base64').toString()
        : body
  return { headers, head, text: text.replaceAll('\r\n', '\n') }
}

/** RFC 2045 §6.7. */
function decodeQuotedPrintable(body: string): string {
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
