import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runAgain } from './ask-server.ts'
import { ClientError } from './client-error.ts'
import { beginAuthorisation, type Endpoints, exchangeCode, type Tokens } from './oauth.ts'
import type { Output } from './output.ts'
import { plainLine } from './output.ts'

const waitMs = 10 * 60_000
const path = '/callback'

/**
 * Asks the person for a tap in their browser (RFC 8252): the page is on the instance, its answer comes back to a port
 * that listens on this machine alone, once. @throws ClientError
 */
export async function signInByBrowser(
  endpoints: Endpoints,
  scope: string,
  { output, open, now }: { output: Output; open: (url: string) => void; now: () => number },
): Promise<Tokens> {
  let state = ''
  let receiveAnswer: (answer: URLSearchParams) => void = () => undefined
  const server = createServer((request, response) => receive(request, response, state, receiveAnswer))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  let late: NodeJS.Timeout | undefined
  try {
    const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
    const asked = beginAuthorisation(endpoints, scope, redirectUri)
    state = asked.state
    const answered = new Promise<URLSearchParams>((resolve, reject) => {
      receiveAnswer = resolve
      late = setTimeout(() => reject(new ClientError('Nobody tapped within ten minutes.', 'Run it again.')), waitMs)
    })
    output.err(`Open this page, look at what it asks, and tap your key:\n\n  ${asked.url}\n\nWaiting for your tap…\n`)
    open(asked.url)
    const answer = await answered
    // RFC 9207: an answer of another server is not for us.
    if ((answer.get('iss') ?? endpoints.issuer) !== endpoints.issuer)
      throw new ClientError(
        'The answer came from another server than was asked.',
        'Run it again, and tap on no other page.',
      )
    const code = answer.get('code')
    if (code === null) throw refusalOf(answer)
    return await exchangeCode(endpoints, { code, verifier: asked.verifier, redirectUri }, now())
  } finally {
    clearTimeout(late)
    server.close()
    server.closeAllConnections()
  }
}

function receive(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  state: string,
  answer: (answer: URLSearchParams) => void,
): void {
  // What is no address, such as `//`, is not ours either.
  const here = 'http://127.0.0.1'
  const { pathname, searchParams } = new URL(URL.canParse(url, here) ? url : '/', here)
  // Other pages of this browser reach this port too, and do not know the state.
  const isOurs = method === 'GET' && pathname === path && isSame(searchParams.get('state') ?? '', state)
  response.writeHead(isOurs ? 200 : 404, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    connection: 'close',
  })
  response.end(isOurs ? page(searchParams.has('code')) : '')
  if (isOurs) answer(searchParams)
}

function isSame(one: string, other: string): boolean {
  const [shown, expected] = [Buffer.from(one), Buffer.from(other)]
  return expected.length > 0 && shown.length === expected.length && timingSafeEqual(shown, expected)
}

const page = (isIn: boolean): string => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Postern</title>
<style>:root{color-scheme:light dark}body{font:1.1rem system-ui;display:grid;place-content:center;min-height:90vh;text-align:center}</style>
<main><h1>${isIn ? 'Done' : 'Not let in'}</h1>
<p>${isIn ? 'You can close this page and go back to your terminal.' : 'Your terminal says what happened.'}</p></main></html>`

function refusalOf(answer: URLSearchParams): ClientError {
  if (answer.get('error') === 'access_denied')
    return new ClientError('It was refused on the page.', 'Run it again if that was a mistake.')
  return new ClientError(
    `The server refused: ${plainLine(answer.get('error_description') ?? answer.get('error') ?? 'no reason given')}.`,
    runAgain,
  )
}
