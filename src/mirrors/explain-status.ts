import { quoted, RemoteError } from './remote-error.ts'

export type GitService = 'git-upload-pack' | 'git-receive-pack'

/** What an HTTP status other than 200 says about a repository. `location`: where a redirect leads. */
export function explainStatus(
  status: number,
  asked: { url: string; service: GitService; hasPassword: boolean; location?: string | undefined },
): RemoteError {
  const host = URL.parse(asked.url)?.host ?? ''
  if (status >= 300 && status < 400) return redirected(host, asked)
  if (status === 401)
    return new RemoteError(
      'wrong-password',
      asked.hasPassword
        ? `${host} does not accept this user name and password or token. Enter others.`
        : `${host} asks for a user name and a password or token, or has no such repository. Enter them, or check the address.`,
    )
  if (status === 403)
    return new RemoteError(
      'forbidden',
      `${host} does not let this account ${asked.service === 'git-upload-pack' ? 'read' : 'push to'} the repository. Let it do so there, or come as another one.`,
    )
  if (status === 404 || status === 410)
    return new RemoteError(
      'not-found',
      `${host} has no such repository${asked.hasPassword ? ', or does not show it to this account' : ', or does not show it without a password'}. Check the address, and what may be seen there.`,
    )
  if (status === 429)
    return new RemoteError('busy', `${host} says that it is asked too often. It is asked again later.`)
  return new RemoteError('unavailable', `${host} answered with the status ${status}. Try again later.`)
}

/** Never followed: where it leads could change from one moment to the next, and a password must not go along. */
function redirected(host: string, { url, location }: { url: string; location?: string | undefined }): RemoteError {
  const to = location === undefined ? null : URL.parse(location, url)
  const place = to === null ? 'elsewhere' : quoted(`${to.origin}${to.pathname}`.replace(/\/info\/refs$/, ''))
  return new RemoteError(
    'redirected',
    `${host} sends us to ${place}. Redirects are not followed: use that address, if it is the right one.`,
  )
}
