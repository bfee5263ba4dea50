import { createHash } from 'node:crypto'
import type { Person } from '../src/walk/person.ts'
import { addTool, led, redirectUri, type RelyingParty } from '../test/support/relying-party.ts'
import { ownCpuMs } from './cpu-time.ts'
import { alternate, type Group } from './measure.ts'
import { createRawVerify } from './raw-verify.ts'
import { startSigningOn } from './signing-on.ts'

const warmUpRounds = 4
const rawTimes = 5000
const verifier = 'v'.repeat(43)
const challenge = createHash('sha256').update(verifier).digest('base64url')

/**
 * Somebody who is signed in opens a tool: the question with our cookie, the code, and the tokens that the tool takes for
 * it with its secret. The server runs in a process of its own, so its CPU is all that a sign-on costs it.
 */
export const signOn: Group = {
  name: 'sign-on',
  does: 'a whole sign-on by OpenID Connect with a session, over HTTP, beside raw crypto.verify',
  async run({ rounds }) {
    const raw = createRawVerify()
    await using inMemory = await startSigningOn({ setUp: addTool, signOnce: signOnOnce })
    const sides = {
      raw: () => (ownCpuMs(() => void Array.from({ length: rawTimes }, raw)) * 1000) / rawTimes,
      memory: () => inMemory.cpuPerSignOn(),
    }
    await alternate(warmUpRounds, sides)
    const measured = await alternate(rounds, sides)
    return [
      {
        measured:
          'whole sign-on by OpenID Connect with a session (question, code with PKCE, tokens); CPU without the fsync',
        unit: 'µs',
        ours: measured.memory,
        peer: { name: 'raw `crypto.verify`', value: measured.raw },
        // 300 a second on one core.
        reach: { value: 3_333 },
      },
    ]
  },
}

async function signOnOnce(person: Person, { clientId, secret }: RelyingParty): Promise<void> {
  const question = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile email',
    state: 'of-the-tool',
    nonce: 'of-the-tool',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const back = await led(person, `${person.origin}/oidc/auth?${question.toString()}`)
  const code = back.searchParams.get('code') ?? ''
  const response = await fetch(`${person.origin}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`no tokens: ${response.status} ${text}`)
}
