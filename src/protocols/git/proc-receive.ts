import { parsePkt } from './pkt-line.ts'
import type { RefCommand } from './receive-commands.ts'

const commandPattern = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\n]+)\n?$/
const maxBytes = 64 * 1024

/** What git wants of its hook next: a version that both speak, or these references to be updated. */
export type ProcReceiveAsk = { kind: 'version' } | { kind: 'commands'; commands: RefCommand[] }

/**
 * Reads what git says to a proc-receive hook, githooks(5): versions, a flush, commands, a flush. Feed chunks; each call
 * returns what they complete. @throws where it is something else
 */
export function createProcReceiveParser(): (chunk: Uint8Array) => ProcReceiveAsk[] {
  let rest: Buffer = Buffer.alloc(0)
  let hasVersion = false
  let commands: RefCommand[] = []
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    if (rest.length > maxBytes) throw new RangeError('git says too much')
    const asks: ProcReceiveAsk[] = []
    for (let parsed = parsePkt(rest); parsed !== undefined; parsed = parsePkt(rest)) {
      rest = rest.subarray(parsed.next)
      const { line } = parsed
      if (line.kind === 'data' && hasVersion) commands.push(parseCommand(line.payload.toString()))
      else if (line.kind === 'data') checkVersion(line.payload.toString())
      else if (hasVersion) {
        asks.push({ kind: 'commands', commands })
        commands = []
      } else {
        hasVersion = true
        asks.push({ kind: 'version' })
      }
    }
    return asks
  }
}

function checkVersion(line: string): void {
  if (!line.startsWith('version=1')) throw new RangeError('git speaks another version to its hook')
}

function parseCommand(line: string): RefCommand {
  const [, oldOid, newOid, ref] = commandPattern.exec(line) ?? []
  if (oldOid === undefined || newOid === undefined || ref === undefined) throw new RangeError('not a command')
  return { ref, oldOid, newOid }
}

/** What became of a reference: another one was updated in its stead, or nothing, for a reason. */
export type ProcReceiveResult = { ref: string } & ({ instead: RefCommand } | { reason: string })

/** The hook's answers, each a list of pkt-lines without any newline in them. */
export const procReceiveVersion: readonly string[] = [pkt('version=1'), '0000']

export function renderProcReceive(results: readonly ProcReceiveResult[]): string[] {
  const lines = results.flatMap((result) => {
    if ('reason' in result) return [`ng ${result.ref} ${result.reason}`]
    const { ref, oldOid, newOid } = result.instead
    return [`ok ${result.ref}`, `option refname ${ref}`, `option old-oid ${oldOid}`, `option new-oid ${newOid}`]
  })
  return [...lines.map(pkt), '0000']
}

function pkt(text: string): string {
  return `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`
}
