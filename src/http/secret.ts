import { hash, randomBytes } from 'node:crypto'

/** 256 random bits, base64url: cookies and one-time links. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** How every secret is stored: SHA-256, base64url. They are random, so no slow hash is needed. */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'base64url')
