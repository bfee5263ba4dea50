import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'

interface Received {
  path: string
  headers: Record<string, unknown>
  body: Buffer
}

/** A browser maker's push service, and a browser that listens at it. */
export async function startPushService() {
  const browser = createECDH('prime256v1')
  browser.generateKeys()
  const auth = randomBytes(16)
  const received: Received[] = []
  const waiting: ((message: Received) => void)[] = []
  let status = 201
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const message = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) }
      const next = waiting.shift()
      if (next === undefined) received.push(message)
      else next(message)
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    subscription: (name: string) => ({
      endpoint: `http://127.0.0.1:${port}/${name}`,
      keys: { p256dh: browser.getPublicKey().toString('base64url'), auth: auth.toString('base64url') },
    }),
    next: async () => received.shift() ?? new Promise<Received>((resolve) => waiting.push(resolve)),
    answer: (next: number) => (status = next),
    /** RFC 8188 §2 and RFC 8291 §3.4, read as the browser reads it. */
    open({ body }: Received): Record<string, string> {
      const salt = body.subarray(0, 16)
      const keyId = body.subarray(21, 21 + (body[20] ?? 0))
      const shared = browser.computeSecret(keyId)
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), keyId])
      const secret = Buffer.from(hkdfSync('sha256', shared, auth, info, 32))
      const derive = (what: string, bytes: number) =>
        Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`Content-Encoding: ${what}\0`), bytes))
      const sealed = body.subarray(21 + keyId.length)
      const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
      decipher.setAuthTag(sealed.subarray(-16))
      const text = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
      return JSON.parse(text.subarray(0, text.lastIndexOf(2)).toString()) as Record<string, string>
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
