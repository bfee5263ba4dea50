import { generateKeyPairSync, sign } from 'node:crypto'
import { answerOf, askByRedirect, setUp } from '../test/support/saml.ts'
import { ownCpuMs } from './cpu-time.ts'
import { alternate, type Group } from './measure.ts'
import { startSigningOn } from './signing-on.ts'

const warmUpRounds = 4
const rawTimes = 500

/**
 * Somebody who is signed in opens a tool that asks by SAML: the request, and the page with the signed answer. The server
 * runs in a process of its own, so its CPU is all that a sign-on costs it.
 */
export const saml: Group = {
  name: 'saml',
  does: 'a whole sign-on by SAML with a session, over HTTP, beside the RSA signature alone',
  async run({ rounds }) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const bytes = Buffer.alloc(1_000)
    const rawSign = () => sign('sha256', bytes, privateKey)
    await using inMemory = await startSigningOn({
      setUp: (ana) => setUp(ana, 'wiki', { settings: { attributes: [{ name: 'uid', value: 'username' }] } }),
      signOnce: async (ana) => answerOf(await askByRedirect(ana)),
    })
    const sides = {
      raw: () => (ownCpuMs(() => void Array.from({ length: rawTimes }, rawSign)) * 1000) / rawTimes,
      memory: () => inMemory.cpuPerSignOn(),
    }
    await alternate(warmUpRounds, sides)
    const measured = await alternate(rounds, sides)
    return [
      {
        measured: 'whole sign-on by SAML with a session (request, signed answer); CPU without the fsync',
        unit: 'µs',
        ours: measured.memory,
        peer: { name: 'RSA signature, 2048 bits', value: measured.raw },
        // 300 a second on one core.
        reach: { value: 3_333 },
      },
    ]
  },
}
