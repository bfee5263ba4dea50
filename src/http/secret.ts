import { hash, randomBytes } from 'node:crypto'

const secretBytes = 32
// Asking the system for randomness costs more than all else about a secret, so it is asked once for many.
let stock: Buffer = Buffer.alloc(0)

/** 256 random bits that nobody else gets. */
export function randomSecret(): Buffer {
  if (stock.length === 0) stock = randomBytes(secretBytes * 64)
  const bytes = Buffer.from(stock.subarray(0, secretBytes))
  // What is handed out does not stay behind in memory.
  stock.fill(0, 0, secretBytes)
  stock = stock.subarray(secretBytes)
  return bytes
}

/** 256 random bits, base64url: cookies and one-time links. */
export const newSecret = (): string => randomSecret().toString('base64url')

/** How every secret is stored: SHA-256, base64url. They are random, so no slow hash is needed. */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'base64url')
