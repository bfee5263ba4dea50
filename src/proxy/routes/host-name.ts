import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'

/** Where this instance is reached, as far as it says which hosts a route can have. */
export interface RouteSite {
  origin: string
  rpId: string
  /** On which it listens itself; 0 where nobody knows. */
  port: number
}

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

/** The name as browsers send it: small letters, in ASCII. Undefined for what is no plain host name. */
export function readHostName(text: string): string | undefined {
  // What a URL would take apart or decode is not a name that somebody meant.
  if (/[\s%/\\@:?#[\]*,;<>"|^`{}\p{C}]/u.test(text)) return undefined
  const host = domainToASCII(text)
  if (host === '' || host.length > 253 || isIP(host) !== 0) return undefined
  const labels = host.split('.')
  // A last label of digits alone makes browsers read the whole as an address.
  return labels.every((each) => label.test(each)) && !/^\d+$/.test(labels.at(-1) ?? '') ? host : undefined
}

/** Why no route can have this name, in a sentence; undefined where it can. */
export function findHostProblem(
  host: string,
  { origin, rpId }: Pick<RouteSite, 'origin' | 'rpId'>,
): string | undefined {
  const isLocal = host === 'localhost' || host.endsWith('.localhost')
  if (host === rpId) return 'This instance itself answers at that name. Choose another.'
  if (rpId === 'localhost' && isLocal) return undefined
  if (new URL(origin).protocol === 'http:')
    return `This instance is reached over http, where only names below localhost work, such as ${host.split('.')[0]}.localhost.`
  if (isLocal) return 'Names below localhost lead each browser to its own machine. Choose one that leads here.'
  // A page at such a name could ask keys for a signature that counts here: no header of ours is what that rests on.
  if (host.endsWith(`.${rpId}`))
    return `A page at a name below ${rpId} could ask people’s keys for signatures that count here. Choose one beside it, such as ${besideOf(host, rpId)}.`
  if (rpId.endsWith(`.${host}`))
    return `This instance stands below ${host}, so a tool there could set cookies for it. Choose a name beside it, such as tool.${host}.`
  return undefined
}

function besideOf(host: string, rpId: string): string {
  const [, ...above] = rpId.split('.')
  const [first = 'tool'] = host.split('.')
  return above.length > 1 ? `${first}.${above.join('.')}` : `${first}.example.com`
}
