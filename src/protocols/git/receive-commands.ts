import { parsePkt } from './pkt-line.ts'
import { type PushCertificate, PushCertificateError, parsePushCertificate } from './push-certificate.ts'
import type { RefCommand } from './ref-command.ts'
import { checkRefName } from './ref-name.ts'

export { type RefCommand, zeroOid } from './ref-command.ts'

export type ReceiveRequest = {
  commands: RefCommand[]
  capabilities: string[]
  /** Empty unless the client announced `push-options`. */
  options: string[]
  /** Roots of a shallow pusher's history. */
  shallow: string[]
  /** Of `git push --signed`: what was signed, not yet checked. Its commands are those above. */
  certificate: PushCertificate | undefined
  /** Every byte that was read, the pack's first ones too: to be replayed into `git receive-pack`. */
  consumed: Buffer
}
export type ReceiveRequestErrorCode =
  | 'receive-malformed'
  | 'receive-too-many-commands'
  | 'receive-too-large'
  | 'receive-cut-off'
  | 'push-certificate-malformed'
  | 'object-format-unsupported'
  | 'ref-name-refused'

/** `message` may be shown to the client. */
export class ReceiveRequestError extends Error {
  readonly code: ReceiveRequestErrorCode

  constructor(code: ReceiveRequestErrorCode, message: string) {
    super(message)
    this.name = 'ReceiveRequestError'
    this.code = code
  }
}

const maxOptions = 64
const defaultLimits = { maxCommands: 1000, maxBytes: 256 * 1024 }
const CERTIFICATE_END = 'push-cert-end\n'
const commandPattern = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+)$/s
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads gitprotocol-pack "Reference Update Request and Packfile Transfer" as far as the pack: feed chunks until it answers.
 * `maxBytes` bounds the list, not the chunk that ends it.
 * @throws ReceiveRequestError
 */
export function createReceiveParser(
  limits: Partial<typeof defaultLimits> = {},
): (chunk: Uint8Array) => ReceiveRequest | undefined {
  const { maxCommands, maxBytes } = { ...defaultLimits, ...limits }
  const chunks: Uint8Array[] = []
  const request: ReceiveRequest = {
    commands: [],
    capabilities: [],
    options: [],
    shallow: [],
    certificate: undefined,
    consumed: Buffer.alloc(0),
  }
  let part: 'commands' | 'certificate' | 'options' = 'commands'
  let certificate = ''
  let rest: Buffer = Buffer.alloc(0)
  let parsedBytes = 0

  return (chunk) => {
    chunks.push(chunk)
    rest = Buffer.concat([rest, chunk])
    let offset = 0
    for (;;) {
      const parsed = parseLine(rest, offset)
      if (parsedBytes + (parsed?.next ?? rest.length) - offset > maxBytes) throw tooLarge(maxBytes)
      if (parsed === undefined) break
      parsedBytes += parsed.next - offset
      offset = parsed.next
      const { line } = parsed
      if (line.kind === 'data' && part === 'certificate') {
        const text = decode(line.payload)
        if (text === CERTIFICATE_END) {
          part = 'commands'
          readCertificate(certificate, request, maxCommands)
        } else certificate += text
      } else if (line.kind === 'data' && part === 'commands') {
        if (readCommandLine(line.payload, request, maxCommands) === 'certificate') part = 'certificate'
      } else if (line.kind === 'data') readOption(line.payload, request)
      else if (line.kind !== 'flush' || part === 'certificate') throw malformed()
      // A request without commands is git's way to ask whether it may talk at all.
      else if (part === 'commands' && request.commands.length > 0 && request.capabilities.includes('push-options')) {
        part = 'options'
      } else return { ...request, consumed: Buffer.concat(chunks) }
    }
    rest = rest.subarray(offset)
    return undefined
  }
}

/** `certificate`: what follows is one, line by line. */
function readCommandLine(payload: Buffer, request: ReceiveRequest, maxCommands: number): 'certificate' | undefined {
  // git refuses commands beside a certificate; so do we, before it.
  if (request.certificate !== undefined) throw malformed()
  const first = request.commands.length === 0 && request.capabilities.length === 0
  const nul = payload.indexOf(0)
  if (nul >= 0 && !first) throw malformed()
  const line = decode(nul < 0 ? chomp(payload) : payload.subarray(0, nul))
  if (nul >= 0)
    request.capabilities = decode(chomp(payload.subarray(nul + 1)))
      .split(' ')
      .filter(Boolean)
  const format = request.capabilities.find((capability) => capability.startsWith('object-format='))
  if (format !== undefined && format !== 'object-format=sha1') {
    throw new ReceiveRequestError('object-format-unsupported', 'This repository holds SHA-1 objects.')
  }
  if (line === 'push-cert' && first) return 'certificate'
  const shallow = /^shallow ([0-9a-f]{40})$/.exec(line)?.[1]
  if (shallow !== undefined && request.commands.length === 0) request.shallow.push(shallow)
  else addCommand(readCommand(line), request, maxCommands)
  return undefined
}

function readCertificate(text: string, request: ReceiveRequest, maxCommands: number): void {
  try {
    request.certificate = parsePushCertificate(text)
  } catch (error) {
    if (!(error instanceof PushCertificateError)) throw error
    throw new ReceiveRequestError(
      'push-certificate-malformed',
      `The certificate of this signed push cannot be used: ${error.message}.`,
    )
  }
  for (const command of request.certificate.commands) addCommand(command, request, maxCommands)
}

function readCommand(line: string): RefCommand {
  const [, oldOid, newOid, ref] = commandPattern.exec(line) ?? []
  if (oldOid === undefined || newOid === undefined || ref === undefined) throw malformed()
  return { ref, oldOid, newOid }
}

function addCommand(command: RefCommand, request: ReceiveRequest, maxCommands: number): void {
  const { ref } = command
  if (checkRefName(ref) !== undefined) {
    throw new ReceiveRequestError(
      'ref-name-refused',
      `${JSON.stringify(ref.slice(0, 200))} is not a name that can be pushed.`,
    )
  }
  if (request.commands.some((other) => other.ref === ref)) throw malformed()
  if (request.commands.length >= maxCommands) {
    throw new ReceiveRequestError('receive-too-many-commands', `One push may update at most ${maxCommands} references.`)
  }
  request.commands.push(command)
}

function readOption(payload: Buffer, request: ReceiveRequest): void {
  const option = decode(chomp(payload))
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(option) || request.options.length >= maxOptions) throw malformed()
  request.options.push(option)
}

function parseLine(bytes: Buffer, offset: number): ReturnType<typeof parsePkt> {
  try {
    return parsePkt(bytes, offset)
  } catch {
    throw malformed()
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw malformed()
  }
}

function chomp(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes
}

function malformed(): ReceiveRequestError {
  return new ReceiveRequestError('receive-malformed', 'The push does not follow the protocol.')
}

function tooLarge(maxBytes: number): ReceiveRequestError {
  return new ReceiveRequestError('receive-too-large', `The list of updates is longer than ${maxBytes} bytes.`)
}
