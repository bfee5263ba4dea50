/** What a test bends away from honest behaviour. */
export interface Tampering {
  /** The whole flag byte; AT and ED are still set where such data follows. */
  flags?: number
  counter?: number
  rpId?: string
  type?: string
  /** base64url. */
  challenge?: string
  origin?: string
  crossOrigin?: boolean
  topOrigin?: string
  /** The client data itself, in place of all of the above. */
  clientDataJSON?: Buffer
  /** null leaves it out. */
  userHandle?: Buffer | null
  /** The id the client claims, base64url. */
  credentialId?: string
  /** Authenticator extension outputs, encoded; sets ED. */
  extensions?: Buffer
}

/** The RP ID as a browser lets a page use it: its own host, or a domain above it. */
export function scopedRpId(rpId: string | undefined, origin: string): string {
  const host = new URL(origin).hostname
  const scoped = rpId ?? host
  if (host !== scoped && !host.endsWith(`.${scoped}`)) {
    throw new DOMException(`The RP ID "${scoped}" is not of the origin ${origin}.`, 'SecurityError')
  }
  return scoped
}

/** The serialisation of WebAuthn L3 §5.8.1.1, whose first three members are in a fixed place. */
export function clientData(type: string, challenge: string, origin: string, tampering: Tampering): Buffer {
  if (tampering.clientDataJSON) return tampering.clientDataJSON
  return Buffer.from(
    JSON.stringify({
      type: tampering.type ?? type,
      challenge: tampering.challenge ?? challenge,
      origin: tampering.origin ?? origin,
      crossOrigin: tampering.crossOrigin ?? false,
      ...(tampering.topOrigin !== undefined && { topOrigin: tampering.topOrigin }),
    }),
  )
}
