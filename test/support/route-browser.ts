import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import type { Person } from '../../src/walk/person.ts'

export interface RouteAnswer {
  status: number
  headers: IncomingMessage['headers']
  body: string
  /** Where it came from in the end. */
  url: string
}

const navigating = {
  accept: 'text/html,application/xhtml+xml',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'cross-site',
}

/** A browser of one person that goes to hosts of routes as well, with the cookies of each; every host is this machine. */
export class RouteBrowser {
  readonly #person: Person
  readonly #jars = new Map<string, Map<string, string>>()

  constructor(person: Person) {
    this.#person = person
  }

  /** What it holds on a host, by name. */
  cookies(url: string): Map<string, string> {
    const { host } = new URL(url)
    const jar = this.#jars.get(host) ?? new Map<string, string>()
    this.#jars.set(host, jar)
    return jar
  }

  /** One request, not followed anywhere. */
  async ask(
    url: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<RouteAnswer> {
    if (new URL(url).origin === this.#person.origin) {
      const response = await this.#person.fetch('GET', url, undefined, headers)
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
        url,
      }
    }
    const incoming = await this.open(url, { method, headers, ...(body === undefined ? {} : { body }) })
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await text(incoming), url }
  }

  /** The same, as it comes in. */
  async open(
    url: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<IncomingMessage> {
    const { host, port, pathname, search } = new URL(url)
    const jar = this.cookies(url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const asked = request({
      host: '127.0.0.1',
      port,
      method,
      path: `${pathname}${search}`,
      headers: { host, ...(cookie === '' ? {} : { cookie }), ...headers },
      agent: false,
    })
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    asked.on('response', resolve).on('error', reject)
    asked.end(body)
    const incoming = await promise
    for (const line of incoming.headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      if (value === '' || line.includes('Max-Age=0')) jar.delete(name)
      else jar.set(name, value)
    }
    return incoming
  }

  /** As a page of this host does. */
  socket(url: string): WebSocket {
    const { host, port, pathname, origin } = new URL(url)
    const cookie = [...this.cookies(url)].map(([name, value]) => `${name}=${value}`).join('; ')
    return new WebSocket(`ws://127.0.0.1:${port}${pathname}`, { headers: { host, origin, cookie } })
  }

  /** As a person does who types an address or follows a link: through whatever it is led, to the end. */
  async visit(url: string, headers: Record<string, string> = {}): Promise<RouteAnswer> {
    let answer = await this.ask(url, { headers: { ...navigating, ...headers } })
    for (let hops = 0; answer.status === 303; hops += 1) {
      assert.ok(hops < 8, `led round in circles at ${answer.url}`)
      answer = await this.step(answer)
    }
    return answer
  }

  /** Follows one redirect. */
  step({ headers, url }: RouteAnswer): Promise<RouteAnswer> {
    return this.ask(new URL(headers.location ?? assert.fail('it leads nowhere'), url).href, { headers: navigating })
  }
}
