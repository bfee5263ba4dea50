import { createPrivateKey, generateKeyPairSync, type KeyObject, createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { idOf, type NoteKey } from '../../protocols/tlog/note.ts'
import { replaceFile } from '../ledger/replace-file.ts'

/** DER of an Ed25519 PrivateKeyInfo up to its 32 bytes, RFC 8410. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

export interface WitnessKey extends NoteKey {
  privateKey: KeyObject
}

/**
 * The key of this witness, made at its first start: one line as Go’s sumdb/note writes signer keys,
 * `PRIVATE+KEY+name+id+base64`, so that other programs for witnesses can go on with it. @throws Error
 */
export async function loadWitnessKey(file: string, name: string | undefined): Promise<WitnessKey> {
  const line = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (line === undefined) return makeKey(file, name)
  const key = parse(line)
  if (key === undefined) throw new Error(`${file} holds no key of a witness`)
  if (name !== undefined && name !== key.name)
    throw new Error(
      `this witness is called ${key.name} since its first start: leave out --name, or --keep another folder`,
    )
  return key
}

async function makeKey(file: string, name: string | undefined): Promise<WitnessKey> {
  if (name === undefined) throw new Error('say its --name at the first start, such as witness.example.com')
  if (!/^[^\s+]{1,200}$/.test(name)) throw new Error('a name has no spaces and no +')
  const seed = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32)
  const key = fromSeed(name, seed)
  const encoded = Buffer.concat([Buffer.of(4), seed]).toString('base64')
  await replaceFile(file, `PRIVATE+KEY+${name}+${idOf(key, 4).toString('hex')}+${encoded}\n`, 0o600)
  return key
}

function parse(line: string): WitnessKey | undefined {
  const [, name = '', id, encoded = ''] =
    /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line.trim()) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.length !== 33 || bytes[0] !== 4) return undefined
  const key = fromSeed(name, bytes.subarray(1))
  return idOf(key, 4).toString('hex') === id ? key : undefined
}

function fromSeed(name: string, seed: Buffer): WitnessKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32)
  return { name, publicKey, privateKey }
}
