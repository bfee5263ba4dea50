import { argon2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { ProblemError } from '../../http/problem.ts'
import { ownArgon2, type PasswordHash, parsePasswordHash, renderArgon2 } from './password-hash.ts'

/** Computing passwords is what a stranger can make this server do: two at a time, and so many wait. */
const mostAtOnce = 2
const mostWaiting = 30

export interface PasswordHashing {
  /** A PHC string of argon2id. @throws 503 where too many wait */
  hash(password: string): Promise<string>
  /** @throws 503 where too many wait, UnusableHash where it is none */
  verify(password: string, hash: string): Promise<boolean>
}

export function createPasswordHashing(): PasswordHashing {
  let running = 0
  const waiting: (() => void)[] = []
  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running >= mostAtOnce) {
      if (waiting.length >= mostWaiting) throw tooBusy()
      await new Promise<void>((resolve) => void waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      // Whoever waits takes the place over.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
  return {
    hash: (password) => inTurn(() => hashAnew(password)),
    verify: (password, hash) => inTurn(() => compare(password, parsePasswordHash(hash))),
  }
}

async function hashAnew(password: string): Promise<string> {
  const salt = randomBytes(16)
  return renderArgon2({ salt, digest: await digestArgon2(password, { ...ownArgon2, salt, length: 32 }) })
}

async function compare(password: string, hash: PasswordHash): Promise<boolean> {
  if (hash.kind === 'bcrypt') return compareBcrypt(password, hash.text)
  const { length } = hash.digest
  const made =
    hash.kind === 'argon2id'
      ? await digestArgon2(password, { ...hash, length })
      : await digestScrypt(password, { ...hash, length })
  return timingSafeEqual(made, hash.digest)
}

const digestArgon2 = (
  password: string,
  wanted: { memory: number; passes: number; parallelism: number; salt: Buffer; length: number },
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const { memory, passes, parallelism, salt, length } = wanted
    const parameters = { message: Buffer.from(password), nonce: salt, memory, passes, parallelism, tagLength: length }
    argon2('argon2id', parameters, (error, digest) => (error === null ? resolve(digest) : reject(error)))
  })

const digestScrypt = (
  password: string,
  wanted: { cost: number; blockSize: number; parallelism: number; salt: Buffer; length: number },
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const { cost, blockSize, parallelism, salt, length } = wanted
    // What the function needs, and as much again: its own default is less than what others use.
    const options = { cost, blockSize, parallelization: parallelism, maxmem: 256 * cost * blockSize + 1_048_576 }
    scrypt(Buffer.from(password), salt, length, options, (error, digest) =>
      error === null ? resolve(digest) : reject(error),
    )
  })

/**
 * bcrypt looks at the first 72 bytes alone, here as where the hash comes from; the whole is what counts from the first
 * sign-in on. It ends at a zero byte, which no honest password has.
 */
function compareBcrypt(password: string, hash: string): Promise<boolean> {
  if (password.includes('\0')) return Promise.resolve(false)
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./bcrypt-worker.ts', import.meta.url), { workerData: { password, hash } })
    worker.once('message', (isSame: boolean) => resolve(isSame))
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`comparing a password ended with ${code}`)))
  })
}

const tooBusy = (): ProblemError =>
  new ProblemError(503, 'too-many-passwords', 'Too many people are signing in with a password at this moment.', {
    help: 'Try again in a minute, or use a passkey.',
    headers: { 'retry-after': '60' },
  })
