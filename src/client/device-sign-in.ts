import { ClientError } from './client-error.ts'
import { askForDeviceCode, askForDeviceTokens } from './device-code.ts'
import type { Endpoints, Tokens } from './oauth.ts'
import type { Output } from './output.ts'

/** For a machine without a browser: the person types a code in on another one (RFC 8628). @throws ClientError */
export async function signInByDevice(
  endpoints: Endpoints,
  scope: string,
  { output, now, wait }: { output: Output; now: () => number; wait: (ms: number) => Promise<unknown> },
): Promise<Tokens> {
  const { deviceCode, userCode, page, intervalMs, expiresAt } = await askForDeviceCode(endpoints, scope, now())
  output.err(
    `On a machine where you are signed in, open\n\n  ${page}\n\nand type in this code: ${userCode}\n\nWaiting for your tap…\n`,
  )
  for (let every = intervalMs; now() < expiresAt;) {
    await wait(every)
    const answer = await askForDeviceTokens(endpoints, deviceCode, now())
    if (typeof answer === 'object') return answer
    // RFC 8628 §3.5
    if (answer === 'slow-down') every += 5_000
  }
  throw new ClientError('Nobody tapped in time.', 'Run it again.')
}
