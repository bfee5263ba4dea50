/** A stored password, read: which function made it, with what. Salts and digests are bytes. */
export type PasswordHash =
  | { kind: 'argon2id'; memory: number; passes: number; parallelism: number; salt: Buffer; digest: Buffer }
  | { kind: 'scrypt'; cost: number; blockSize: number; parallelism: number; salt: Buffer; digest: Buffer }
  | { kind: 'bcrypt'; cost: number; text: string }

/** Why a hash cannot be kept, as the end of a sentence. */
export class UnusableHash extends Error {
  override readonly name = 'UnusableHash'
}

/** OWASP's first choice: 19 MiB, two passes, one lane. */
export const ownArgon2 = { memory: 19_456, passes: 2, parallelism: 1 } as const

/** Beyond these a hash is no protection but a weapon: whoever may sign in chooses what the server has to compute. */
const most = {
  argon2Memory: 131_072, // KiB
  argon2Work: 1_048_576, // KiB × passes
  scryptBytes: 134_217_728, // 128 · N · r
  bcryptCost: 13,
}

/**
 * Reads a password hash as other systems export it: PHC strings of argon2id and scrypt (`$argon2id$v=19$m=…`,
 * `$scrypt$ln=…`), and bcrypt's own form. @throws UnusableHash with what is wrong, never with the hash
 */
export function parsePasswordHash(text: string): PasswordHash {
  if (text.length > 512) throw new UnusableHash('is too long')
  if (/^\$2[aby]\$/.test(text)) return parseBcrypt(text)
  const [empty, kind, ...parts] = text.split('$')
  if (empty === '' && kind === 'argon2id') return parseArgon2(parts)
  if (empty === '' && kind === 'scrypt') return parseScrypt(parts)
  throw new UnusableHash('is not of argon2id, bcrypt or scrypt')
}

function parseBcrypt(text: string): PasswordHash {
  const [, cost = ''] = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(text) ?? []
  if (cost === '') throw malformed()
  if (Number(cost) < 4) throw malformed()
  if (Number(cost) > most.bcryptCost) throw tooCostly()
  return { kind: 'bcrypt', cost: Number(cost), text }
}

function parseArgon2(parts: string[]): PasswordHash {
  const [version, parameters = '', salt = '', digest = '', ...rest] = parts
  if (version !== 'v=19' || rest.length > 0) throw malformed()
  const [memory, passes, parallelism] = numbersOf(parameters, ['m', 't', 'p'])
  // RFC 9106 §3.1: at least 8 KiB for each lane.
  if (memory < 8 * parallelism || passes < 1 || parallelism < 1) throw malformed()
  if (memory > most.argon2Memory || memory * passes > most.argon2Work || parallelism > 16) throw tooCostly()
  return { kind: 'argon2id', memory, passes, parallelism, salt: bytesOf(salt, 8), digest: bytesOf(digest, 16) }
}

function parseScrypt(parts: string[]): PasswordHash {
  const [parameters = '', salt = '', digest = '', ...rest] = parts
  if (rest.length > 0) throw malformed()
  const [exponent, blockSize, parallelism] = numbersOf(parameters, ['ln', 'r', 'p'])
  if (exponent < 1 || blockSize < 1 || parallelism < 1) throw malformed()
  if (exponent > 24 || blockSize > 32 || parallelism > 4) throw tooCostly()
  const cost = 2 ** exponent
  if (128 * cost * blockSize > most.scryptBytes) throw tooCostly()
  return { kind: 'scrypt', cost, blockSize, parallelism, salt: bytesOf(salt, 8), digest: bytesOf(digest, 16) }
}

/** `m=65536,t=3,p=4` in exactly this order, as the PHC string format has it. */
function numbersOf(text: string, names: [string, string, string]): [number, number, number] {
  const pattern = new RegExp(`^${names.map((name) => `${name}=(\\d{1,10})`).join(',')}$`)
  const [, one, two, three] = pattern.exec(text) ?? []
  if (one === undefined) throw malformed()
  return [Number(one), Number(two), Number(three)]
}

function bytesOf(text: string, least: number): Buffer {
  if (!/^[A-Za-z0-9+/]{1,172}={0,2}$/.test(text)) throw malformed()
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length < least || bytes.length > 128) throw malformed()
  return bytes
}

const malformed = (): UnusableHash => new UnusableHash('cannot be read')
const tooCostly = (): UnusableHash => new UnusableHash('asks for too much memory or time')

/** What every hash of our own begins with. */
export const ownPrefix = `$argon2id$v=19$m=${ownArgon2.memory},t=${ownArgon2.passes},p=${ownArgon2.parallelism}$`

/** Our own PHC string. */
export const renderArgon2 = ({ salt, digest }: { salt: Buffer; digest: Buffer }): string => {
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
  return `${ownPrefix}${text(salt)}$${text(digest)}`
}

export const isOwnHash = (hash: string): boolean => hash.startsWith(ownPrefix)
