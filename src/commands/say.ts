import { inOneLine, ProblemError } from '../http/problem.ts'

/** An expected failure of a command: shown as one line, without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Runs a command and turns what it cannot do into one clear line and a non-zero exit. */
export async function withOneLine(name: string, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    process.stderr.write(`postern ${name}: ${sentenceOf(error)}\n`)
    return 1
  }
}

/** In a container it is seldom the operator's own zone, so it is named. */
export const clockOf = (at: number): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' })

/** Which of the two ports could not be listened on. */
const flagOf = (error: object): string => ('isSsh' in error ? '--ssh-port' : '--port')

export function sentenceOf(error: unknown): string {
  if (error instanceof ProblemError) return inOneLine(error)
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  const path = 'path' in error ? String(error.path) : ''
  if (code === 'EADDRINUSE' && 'port' in error)
    return `port ${String(error.port)} is taken. Stop what listens there, or choose another: ${flagOf(error)} ${Number(error.port) + 1}`
  if (code === 'EACCES' && 'port' in error)
    return `port ${String(error.port)} needs more rights. Choose one above 1023 with ${flagOf(error)}.`
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return `${path || 'the data folder'} cannot be written. Choose another folder with --data, or give this user${process.getuid === undefined ? '' : ` (${process.getuid()})`} the right to write there.`
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return `${path || 'the data folder'} is not a folder. Choose another one with --data.`
  if (code === 'ENOSPC')
    return 'the disk is full. Make room in the data folder and start again; nothing that was confirmed is lost.'
  if ((code === 'ENOTFOUND' || code === 'EAI_AGAIN') && 'hostname' in error)
    return `no address was found for ${String(error.hostname)}. Check the name in POSTERN_DATABASE_URL or --listen.`
  if (code === 'ECONNREFUSED')
    return `the database does not answer (${error.message || code}). Check POSTERN_DATABASE_URL and that it runs.`
  return error.message
}
