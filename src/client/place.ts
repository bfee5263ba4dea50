import { ClientError } from './client-error.ts'

/** An instance as this machine knows it. */
export interface Place {
  origin: string
  /** Name of its folder. */
  name: string
}

/**
 * The instance at an address that somebody typed or git named. Secrets go over TLS alone, but to this machine itself.
 * @throws ClientError
 */
export function parsePlace(text: string): Place {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  // A name of dots alone would be another folder than its own.
  if (url === undefined || /^\.|\.\./.test(url.hostname) || url.hostname === '')
    throw new ClientError(`“${text}” is no address of a server.`, 'Such as https://git.example.com.')
  const { protocol, hostname, origin, host, username, password } = url
  if (protocol !== 'https:' && !(protocol === 'http:' && isThisMachine(hostname)))
    throw new ClientError(`${origin} does not use https, so nothing secret is sent there.`, 'Give its https address.')
  if (username !== '' || password !== '')
    throw new ClientError('An address holds no name and no password here.', 'Leave out what stands before the @.')
  // What was let in over TLS is never shown in the clear: the same host and port are another instance there.
  return { origin, name: `${protocol === 'http:' ? 'http_' : ''}${folderName(host)}` }
}

/** Of each host and port another one, of characters that no file system and no ssh_config takes for something else. */
const folderName = (host: string): string =>
  host.replaceAll(/[^a-z0-9.:-]/g, (char) => `_${char.charCodeAt(0).toString(16)}_`).replaceAll(':', '_')

const isThisMachine = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]' || hostname.endsWith('.localhost')
