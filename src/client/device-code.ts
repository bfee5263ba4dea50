import { type Endpoints, parseTokens, post, refused, type Tokens } from './oauth.ts'
import { plainLine } from './output.ts'

/** RFC 8628 §3.2 */
export interface DeviceCode {
  deviceCode: string
  userCode: string
  page: string
  intervalMs: number
  expiresAt: number
}

export async function askForDeviceCode(endpoints: Endpoints, scope: string, now: number): Promise<DeviceCode> {
  const answer = await post(endpoints.device, { scope })
  const { device_code, user_code, verification_uri, interval = 5, expires_in = 600 } = answer.body
  if (typeof device_code !== 'string' || typeof user_code !== 'string' || typeof verification_uri !== 'string')
    throw refused(answer)
  return {
    deviceCode: device_code,
    userCode: plainLine(user_code),
    page: plainLine(verification_uri),
    intervalMs: Math.max(1, Number(interval)) * 1000,
    expiresAt: now + Number(expires_in) * 1000,
  }
}

/** RFC 8628 §3.5: the tokens, or how much more slowly to ask again. @throws ClientError where it was refused or is over */
export async function askForDeviceTokens(
  endpoints: Endpoints,
  deviceCode: string,
  now: number,
): Promise<Tokens | 'pending' | 'slow-down'> {
  const answer = await post(endpoints.token, {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: deviceCode,
  })
  const { error } = answer.body
  if (error === 'authorization_pending') return 'pending'
  return error === 'slow_down' ? 'slow-down' : parseTokens(answer, now)
}
