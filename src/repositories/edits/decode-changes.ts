import { invalid, ProblemError } from '../../http/problem.ts'
import { sayTooLarge } from '../large-files.ts'
import { objectOid } from '../write-objects.ts'
import { type FileChange, mostBytes } from './shapes.ts'

interface Base {
  path: string
  /** Which part of the request it is, for refusals. */
  pathField: string
}
export type DecodedChange =
  | (Base & { action: 'add' | 'write'; content: Buffer })
  | (Base & { action: 'remove'; content?: undefined })
  | (Base & { action: 'rename'; to: string; toField: string; content?: Buffer | undefined })

const mostParts = 100

/** What the request says, taken apart and held to its limits. Of names alone what is true of every path. @throws 413, 422 */
export function decodeChanges(changes: readonly FileChange[], maxBlobBytes: number): DecodedChange[] {
  let bytes = 0
  return changes.map((change, index) => {
    const field = `changes.${index}`
    const content = decode(change, `${field}.content`)
    bytes += content?.length ?? 0
    if (bytes > mostBytes) throw tooMuch()
    if (content !== undefined && content.length > maxBlobBytes) throw tooLarge(change.to ?? change.path, content)
    const base = { path: checkPath(change.path, `${field}.path`), pathField: `${field}.path` }
    switch (change.action) {
      case 'remove':
        return { ...base, action: 'remove' }
      case 'rename':
        if (change.to === undefined) throw invalid(`${field}.to`, 'The new path is needed.')
        return { ...base, action: 'rename', to: checkPath(change.to, `${field}.to`), toField: `${field}.to`, content }
      default:
        if (content === undefined) throw invalid(`${field}.content`, 'The new content is needed; it may be empty.')
        return { ...base, action: change.action, content }
    }
  })

  function tooLarge(path: string, content: Buffer): ProblemError {
    const large = { oid: objectOid({ kind: 'blob', bytes: content }), bytes: content.length, path }
    return new ProblemError(413, 'file-too-large', sayTooLarge({ ...large, kind: 'file', mostBytes: maxBlobBytes }), {
      help: 'Leave it out, or keep it in another place.',
    })
  }
}

const tooMuch = (): ProblemError =>
  new ProblemError(413, 'too-large', `One commit from a page brings ${mostBytes / 1024 ** 2} MB at most.`, {
    help: 'Send it in several commits, or push it with git.',
  })

function decode({ content, encoding = 'utf-8' }: FileChange, field: string): Buffer | undefined {
  if (content === undefined) return undefined
  if (encoding === 'utf-8') {
    if (!content.isWellFormed()) throw invalid(field, 'This is not valid Unicode text. Send it as base64.')
    return Buffer.from(content)
  }
  const bytes = Buffer.from(content, 'base64')
  // Node reads over what is no base64.
  if (bytes.toString('base64') !== content) throw invalid(field, 'This is not base64.')
  return bytes
}

function checkPath(path: string, field: string): string {
  const parts = path.split('/')
  if (!path.isWellFormed() || path.includes('\0')) throw invalid(field, 'A path is valid text.')
  if (parts.includes('')) throw invalid(field, 'A path has no empty parts, and no slash at either end.')
  if (parts.length > mostParts) throw invalid(field, `A path has ${mostParts} parts at most.`)
  return path
}
