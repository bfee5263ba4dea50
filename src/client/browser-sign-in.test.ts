import assert from 'node:assert/strict'
import { get } from 'node:http'
import { test } from 'node:test'
import { signInByBrowser } from './browser-sign-in.ts'
import { ClientError } from './client-error.ts'

const issuer = 'http://localhost:7400/oidc'
const endpoints = {
  issuer,
  authorization: `${issuer}/auth`,
  token: `${issuer}/token`,
  device: `${issuer}/device`,
  revocation: `${issuer}/revoke`,
}

/** As any page in this browser may ask, whatever the address looks like. */
const ask = (port: string, path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path }, (answer) => resolve(answer.resume().statusCode)).on('error', reject)
  })

test('what other pages of the browser send to the port is not found, and ends nothing', async () => {
  const answers: (number | undefined)[] = []
  const visit = async (page: URL): Promise<void> => {
    const { port } = new URL(page.searchParams.get('redirect_uri') ?? '')
    const state = page.searchParams.get('state') ?? ''
    for (const path of ['//', '/callback', `/callback?state=${'x'.repeat(state.length)}`, '/callback?state=é'])
      answers.push(await ask(port, encodeURI(path)))
    answers.push(await ask(port, `/callback?error=access_denied&state=${state}`))
  }
  const visits: Promise<void>[] = []
  const signIn = signInByBrowser(endpoints, 'repository:read', {
    output: { out: assert.fail, err: () => undefined },
    open: (url) => void visits.push(visit(new URL(url))),
    now: Date.now,
  })
  await assert.rejects(signIn, (error) => error instanceof ClientError && /refused on the page/.test(error.message))
  await Promise.all(visits)
  assert.deepEqual(answers, [404, 404, 404, 404, 200])
})
