/** What a pusher asks for with `git push -o …`. Options of others, such as `ci.skip`, are left alone. */
export interface PushOptions {
  /** `-o pull-request`, or `-o pull-request=<branch>` with the name that the branch is to get. */
  pullRequest: { branch: string | undefined } | undefined
  title: string | undefined
  description: string | undefined
  /** `-o draft`: what it opens is not ready yet. */
  isDraft: boolean
  /** `-o no-qr` leaves the picture out. */
  withPicture: boolean
}

/** Of several of a kind the last counts. */
export function parsePushOptions(options: readonly string[]): PushOptions {
  const parsed: PushOptions = {
    pullRequest: undefined,
    title: undefined,
    description: undefined,
    isDraft: false,
    withPicture: true,
  }
  for (const option of options) {
    const at = option.indexOf('=')
    const [name, value] = at < 0 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)]
    if (name === 'pull-request') parsed.pullRequest = { branch: value === '' ? undefined : value }
    else if (name === 'title') parsed.title = value
    else if (name === 'description') parsed.description = value
    else if (name === 'draft') parsed.isDraft = true
    else if (name === 'no-qr') parsed.withPicture = false
  }
  return parsed
}
