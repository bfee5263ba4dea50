import { createHmac, timingSafeEqual } from 'node:crypto'

/** RFC 6238 as authenticator apps have it: HMAC-SHA-1, six digits, a step of 30 seconds counted from the epoch. */
export const stepMs = 30_000
const digits = 6
/** A clock may be wrong by so many steps, RFC 6238 §5.2. */
const tolerance = 1

export const stepAt = (at: number): number => Math.floor(at / stepMs)

/** The code of one step, RFC 4226 §5.3. */
export function totpCode(secret: Buffer, step: number, length = digits): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** length).padStart(length, '0')
}

/** Which step this code is of, the latest first; undefined where it is none of now. */
export function findStep(secret: Buffer, code: string, at: number): number | undefined {
  const given = Buffer.from(code.replaceAll(' ', ''))
  if (given.length !== digits) return undefined
  let found: number | undefined
  // All are compared, so that the time it takes tells nothing.
  for (let step = stepAt(at) - tolerance; step <= stepAt(at) + tolerance; step += 1)
    if (step >= 0 && timingSafeEqual(Buffer.from(totpCode(secret, step)), given)) found = step
  return found
}

/** What a QR code for authenticator apps says. */
export function totpUri({ secret, issuer, account }: { secret: string; issuer: string; account: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${stepMs / 1000}`
}
