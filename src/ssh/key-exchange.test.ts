import assert from 'node:assert/strict'
import {
  createHash,
  createPublicKey,
  decapsulate,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  verify,
} from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { string, u32, WireReader } from '../protocols/ssh/wire.ts'
import { openTestDoor } from './ssh-testing.ts'

const KEXINIT = 20
const KEX_HYBRID_INIT = 30
const name = 'mlkem768x25519-sha256'

/** RFC 4253 §6, before there is a cipher. */
function packet(payload: Buffer): Buffer {
  const padding = 4 + ((8 - ((payload.length + 9) % 8)) % 8)
  return Buffer.concat([u32(1 + payload.length + padding), Buffer.of(padding), payload, Buffer.alloc(padding)])
}

/** Reads the version line, then packets. */
function reader(socket: Socket): (length: number | 'line') => Promise<Buffer> {
  let waiting = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => (waiting = Buffer.concat([waiting, chunk])))
  return async (length) => {
    for (;;) {
      const end = length === 'line' ? waiting.indexOf('\r\n') + 2 : length
      if (end > 1 && waiting.length >= end) {
        const taken = waiting.subarray(0, end)
        waiting = waiting.subarray(end)
        return taken
      }
      await once(socket, 'data')
    }
  }
}

const raw = (key: KeyObject, bytes: number): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(-bytes)

test('the hybrid key exchange is the draft’s: the host key signs over the secret that both sides made', async () => {
  await using door = await openTestDoor()
  const { server, hostKey } = door
  const socket = connect(server.port(), '127.0.0.1')
  try {
    const read = reader(socket)
    const readPacket = async (): Promise<Buffer> => {
      const body = await read((await read(4)).readUInt32BE())
      return body.subarray(1, body.length - body.readUInt8(0))
    }
    const mine = 'SSH-2.0-a-test'
    socket.write(`${mine}\r\n`)
    const theirs = (await read('line')).toString().trim()
    assert.equal(theirs, 'SSH-2.0-Postern')
    const serverInit = await readPacket()
    assert.ok(serverInit.includes(name) && serverInit.includes('kex-strict-s-v00@openssh.com'))
    assert.doesNotMatch(serverInit.toString('latin1'), /ssh-rsa|sha1|-cbc|md5|zlib|diffie-hellman/)
    const lists = [
      name,
      'ssh-ed25519',
      ...['aes128-gcm@openssh.com', 'hmac-sha2-256', 'none', ''].flatMap((each) => [each, each]),
    ]
    const clientInit = Buffer.concat([
      Buffer.of(KEXINIT),
      randomBytes(16),
      ...lists.map((list) => string(list)),
      Buffer.alloc(5),
    ])
    const kem = generateKeyPairSync('ml-kem-768')
    const ecdh = generateKeyPairSync('x25519')
    const initial = Buffer.concat([raw(kem.publicKey, 1184), raw(ecdh.publicKey, 32)])
    socket.write(packet(clientInit))
    socket.write(packet(Buffer.concat([Buffer.of(KEX_HYBRID_INIT), string(initial)])))

    const reply = new WireReader((await readPacket()).subarray(1))
    const [blob, answer, signature] = [reply.string(), reply.string(), new WireReader(reply.string())]
    assert.equal(answer.length, 1088 + 32)
    const x25519 = createPublicKey({
      key: Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), answer.subarray(1088)]),
      type: 'spki',
      format: 'der',
    })
    const secret = createHash('sha256')
      .update(decapsulate(kem.privateKey, answer.subarray(0, 1088)))
      .update(diffieHellman({ privateKey: ecdh.privateKey, publicKey: x25519 }))
      .digest()
    const exchange = createHash('sha256')
    for (const each of [mine, theirs, clientInit, serverInit, blob, initial, answer, secret])
      exchange.update(string(each))
    assert.equal(signature.text(), 'ssh-ed25519')
    const key = createPublicKey({
      key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), blob.subarray(-32)]),
      type: 'spki',
      format: 'der',
    })
    assert.equal(`ssh-ed25519 ${blob.toString('base64')}`, hostKey.publicKey)
    assert.ok(verify(null, exchange.digest(), key, signature.string()))
  } finally {
    socket.destroy()
  }
})
