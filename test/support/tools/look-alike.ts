import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Somebody else's site under names like ours, which carries each request on and each answer back. */
export interface LookAlike extends AsyncDisposable {
  /** Where it stands for a site, as people are led there. */
  addressOf(real: string): string
  /** What was typed into its forms. */
  typed: readonly string[]
  /** The cookies that a site has given it, as their owner would send them back. */
  cookiesFor(real: string): string
}

interface Site {
  /** Its own name for the site. */
  name: string
  /** Origin of the site, which is on this machine. */
  real: string
}

export async function startLookAlike(sites: readonly Site[]): Promise<LookAlike> {
  const typed: string[] = []
  const jars = new Map<string, Map<string, string>>()
  const server = createServer((incoming, outgoing) => {
    const site = sites.find(({ name }) => incoming.headers.host === `${name}:${port()}`)
    if (site === undefined) return void outgoing.writeHead(404).end()
    void carry(site, incoming).then(
      ({ status, headers, body }) => outgoing.writeHead(status, headers).end(body),
      () => outgoing.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = (): number => (server.address() as AddressInfo).port
  const mine = ({ name }: Site): string => `http://${name}:${port()}`

  const toMine = (text: string): string => swap(text, (site) => [site.real, mine(site)])
  const toReal = (text: string): string => swap(text, (site) => [mine(site), site.real])
  /** As it is, and as it stands in an address. */
  const swap = (text: string, turn: (site: Site) => [string, string]): string =>
    sites.reduce((changed, site) => {
      const [from, to] = turn(site)
      return changed.replaceAll(from, to).replaceAll(encodeURIComponent(from), encodeURIComponent(to))
    }, text)

  async function carry(site: Site, incoming: IncomingMessage) {
    const sent = Buffer.concat((await incoming.toArray()) as Buffer[]).toString('latin1')
    if (sent !== '') typed.push(sent)
    const { 'content-length': _, 'transfer-encoding': __, ...given } = incoming.headers
    const onward = request({
      host: '127.0.0.1',
      port: new URL(site.real).port,
      method: incoming.method,
      path: toReal(incoming.url ?? '/'),
      headers: { ...each(given, toReal), host: new URL(site.real).host, 'accept-encoding': 'identity' },
      agent: false,
    })
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      onward.once('response', resolve).once('error', reject)
    })
    onward.end(sent === '' ? undefined : Buffer.from(toReal(sent), 'latin1'))
    const answer = await answered
    keepCookies(site, answer.headers['set-cookie'] ?? [])
    const body = Buffer.concat((await answer.toArray()) as Buffer[])
    // What would keep its copy of a page from working is taken off.
    const { 'content-length': ___, 'content-security-policy': ____, ...headers } = answer.headers
    const isText = /html|javascript|json|css/.test(answer.headers['content-type'] ?? '')
    return {
      status: answer.statusCode ?? 502,
      headers: each(headers, toMine),
      body: isText ? Buffer.from(toMine(body.toString())) : body,
    }
  }

  function keepCookies({ real }: Site, lines: readonly string[]): void {
    const jar = jars.get(real) ?? new Map<string, string>()
    jars.set(real, jar)
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
  }

  return {
    addressOf(real) {
      const site = sites.find((known) => known.real === real)
      if (site === undefined) throw new Error(`it stands for nothing at ${real}`)
      return mine(site)
    },
    typed,
    cookiesFor: (real) => [...(jars.get(real) ?? [])].map(([name, value]) => `${name}=${value}`).join('; '),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const each = (headers: IncomingHttpHeaders, turn: (text: string) => string): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.map(turn) : turn(value)]],
    ),
  )
