import { quoted, RemoteError } from './remote-error.ts'

export interface PushLine {
  ref: string
  isDone: boolean
  /** Of a refusal: git's summary with its reason. */
  said: string
}

/** Reads what `git push --porcelain` prints: `<flag> TAB <from>:<to> TAB <summary>`, git-push(1) "Output". */
export function parsePushReport(text: string): PushLine[] {
  return text.split('\n').flatMap((line): PushLine[] => {
    const [, flag, to, said] = /^([ +*=!-])\t[^\t]*?:([^\t:]+)\t(.*)$/.exec(line) ?? []
    if (to === undefined || said === undefined) return []
    return [{ ref: to, isDone: flag !== '!', said }]
  })
}

/** Refused only because another one was, in a push that lands whole or not at all. */
export const isBystander = ({ said }: PushLine): boolean =>
  /atomic (push failed|push failure|transaction failed)/.test(said)

const short = (ref: string): string => ref.replace(/^refs\/heads\//, '').replace(/^refs\/tags\//, 'tag ')

const listed = (refs: readonly string[]): string => {
  const names = refs.slice(0, 5).map((ref) => quoted(short(ref)))
  return `${names.join(', ')}${refs.length > 5 ? ` and ${refs.length - 5} more` : ''}`
}

export const strayedError = (refs: readonly string[]): RemoteError =>
  new RemoteError(
    'strayed',
    `Somebody pushed to ${listed(refs)} there directly, so it was left as it is. Bring it here, delete it there, or let this mirror overwrite it.`,
  )

export const proofsRefusedError = (host: string): RemoteError =>
  new RemoteError(
    'proofs-refused',
    `${host} takes no refs outside branches and tags, so the proofs (refs/postern/*) do not arrive there; everything else does.`,
  )

/** Why these refs did not arrive. `remoteSaid`: lines that the other server printed. */
export function explainRefusal(lines: readonly PushLine[], host: string, remoteSaid: readonly string[]): RemoteError {
  const own = lines.filter((line) => !line.isDone && !isBystander(line))
  const refs = own.map(({ ref }) => ref)
  const words = [...own.map(({ said }) => said), ...remoteSaid].join(' ')
  if (own.length > 0 && own.every(({ said }) => /stale info|fetch first|remote ref updated/.test(said)))
    return strayedError(refs)
  const quote = remoteSaid.length > 0 ? ` It said: ${quoted(remoteSaid.slice(0, 3).join(' '))}` : ''
  if (/protected|pre-receive hook declined|GH00[36]|not allowed to (force )?push/i.test(words))
    return new RemoteError(
      'protected-there',
      `${host} protects ${listed(refs)}. Let the account of this mirror push there, past its rules and with force.${quote}`,
    )
  if (/deletion of the current branch|refusing to delete the current branch/i.test(words))
    return new RemoteError(
      'default-there',
      `${listed(refs)} is the default branch there: choose another one there first.`,
    )
  const said = own[0] === undefined ? '' : `: ${quoted(own[0].said)}`
  return new RemoteError('refused-there', `${host} refused ${listed(refs)}${said}.${quote}`)
}
