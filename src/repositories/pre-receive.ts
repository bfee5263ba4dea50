import { basename, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { type RefCommand, zeroOid } from '../protocols/git/receive-commands.ts'
import { checkRefName } from '../protocols/git/ref-name.ts'
import { oneLine } from '../protocols/git/report-status.ts'
import type { TerminalLine } from './held-push-lines.ts'

export type PreReceive = {
  /** The object folder that holds what was pushed until the verdict; none where a push only deletes. */
  quarantine: string | undefined
  /** Of `git push --signed`: the blob that git made of it, and whether its nonce is one that we gave, `OK` if so. */
  certificate: { oid: string; nonceStatus: string } | undefined
  options: string[]
  commands: RefCommand[]
}

export class PreReceiveError extends Error {
  readonly code = 'pre-receive-malformed'
}

// 1,000 commands of at most 334 bytes and 64 options fit many times.
const maxBytes = 8 * 1024 ** 2
const quarantinePattern = /^tmp_objdir-incoming-[A-Za-z0-9]+$/
const commandPattern = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+)$/

/**
 * Waits for what the hook sends on descriptor 3, or for the end of git without it (nothing was to be updated, the pack
 * was refused): then there is no answer to give. Git has checked the objects' form and connectivity by now.
 * @throws PreReceiveError
 */
export async function readPreReceive(hook: Duplex, folder: string): Promise<PreReceive | undefined> {
  const message = await readFields(hook)
  if (message === undefined) return undefined
  const [quarantinePath = '', oid = '', nonceStatus = '', , ...fields] = message
  const commandLines = fields.pop()?.split('\n').filter(Boolean) ?? []
  const commands = commandLines.map(parseCommand)
  return {
    quarantine: findQuarantine(quarantinePath, folder, commands),
    certificate: oid === '' ? undefined : { oid, nonceStatus },
    options: fields,
    commands,
  }
}

/** Built from our own folder: the hook's word only picks the name in it. */
function findQuarantine(path: string, folder: string, commands: readonly RefCommand[]): string | undefined {
  // Without a pack git makes no quarantine, and has nothing to put into one.
  if (path === '' && commands.every(({ newOid }) => newOid === zeroOid)) return undefined
  if (!quarantinePattern.test(basename(path))) throw new PreReceiveError('not a quarantine')
  return join(folder, 'objects', basename(path))
}

// Half blocks in said colours: no other control sequence reaches a terminal.
// eslint-disable-next-line no-control-regex
const picturePattern = /^\u001b\[30;107m[ ▀▄█]+\u001b\[0m$/

/** Shows lines in the pusher's terminal while the push waits. */
export function say(hook: Duplex, lines: readonly TerminalLine[]): void {
  if (!hook.writable) return
  for (const line of lines) {
    const text = typeof line === 'string' || !picturePattern.test(line.picture) ? oneLine(wordsOf(line)) : line.picture
    hook.write(`say ${text}\n`)
  }
}

const wordsOf = (line: TerminalLine): string => (typeof line === 'string' ? line : line.picture)

/** The push may land, and a proposal of it is still to be spoken about on the same descriptor. */
export function allowOn(hook: Duplex): void {
  if (hook.writable) hook.write('allow\n')
}

/** The verdict; a stream that is gone needs none, because the hook refuses then. */
export function answer(hook: Duplex, { allow, message }: { allow: boolean; message: readonly string[] }): void {
  say(hook, message)
  if (hook.writable) hook.end(allow ? 'allow\n' : 'deny\n')
}

/** Whether the hook speaks of exactly the updates that were read from the wire, in any order. */
export function sameCommands(one: readonly RefCommand[], other: readonly RefCommand[]): boolean {
  const text = (commands: readonly RefCommand[]): string =>
    commands
      .map(({ ref, oldOid, newOid }) => `${oldOid} ${newOid} ${ref}`)
      .sort()
      .join('\n')
  return text(one) === text(other)
}

function parseCommand(line: string): RefCommand {
  const [, oldOid, newOid, ref] = commandPattern.exec(line) ?? []
  if (oldOid === undefined || newOid === undefined || ref === undefined) throw new PreReceiveError('not a command')
  if (checkRefName(ref) !== undefined || (oldOid === zeroOid && newOid === zeroOid))
    throw new PreReceiveError('not an update')
  return { ref, oldOid, newOid }
}

/** Before the options: the quarantine, a certificate, its nonce's state, the number of options. */
const leadingFields = 4

/** All fields, once the last has its NUL: the leading ones, the options, the commands. */
async function readFields(hook: Duplex): Promise<string[] | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string[] | undefined>()
  let received: Buffer = Buffer.alloc(0)
  const onData = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk])
    if (received.length > maxBytes) return reject(new PreReceiveError('too long'))
    if (received.at(-1) !== 0) return
    const fields = received.toString('utf8', 0, received.length - 1).split('\0')
    const options = fields.length < leadingFields ? 0 : Number(fields[leadingFields - 1])
    const all = leadingFields + options + 1
    if (!Number.isSafeInteger(options) || fields.length > all) return reject(new PreReceiveError('too many fields'))
    if (fields.length === all) resolve(fields)
  }
  const onClose = (): void => (received.length === 0 ? resolve(undefined) : reject(new PreReceiveError('cut off')))
  hook.on('data', onData)
  hook.once('close', onClose)
  try {
    return await promise
  } finally {
    hook.off('data', onData)
    hook.off('close', onClose)
    // Still flowing: the end of git must be seen while the push waits.
    hook.resume()
  }
}
