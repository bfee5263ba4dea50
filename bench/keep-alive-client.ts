import { Agent, request } from 'node:http'

export interface Answer {
  status: number
  body: string
  cookies: string[]
}

/** One browser's connection: kept alive, with what a browser sends along. */
export class KeepAliveClient implements Disposable {
  readonly #origin: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #cookies = new Map<string, string>()

  constructor(origin: string) {
    this.#origin = new URL(origin)
  }

  async post<Body>(path: string, body: unknown): Promise<Body> {
    const answer = await this.#send(path, JSON.stringify(body))
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.body}`)
    for (const cookie of answer.cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      // The session is left behind: the next sign-in is another one.
      if (name.endsWith('-browser')) this.#cookies.set(name, value)
    }
    return (answer.body === '' ? undefined : JSON.parse(answer.body)) as Body
  }

  #send(path: string, body: string): Promise<Answer> {
    const { hostname, port, origin, host } = this.#origin
    const headers = {
      host,
      origin,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br, zstd',
      'accept-language': 'en-US,en;q=0.9',
      referer: `${origin}/-/sign-in`,
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
      cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    }
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, path, method: 'POST', agent: this.#agent, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: text, cookies: response.headers['set-cookie'] ?? [] }),
        )
      })
      sent.on('error', reject).end(body)
    })
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}
