import { lookup } from 'node:dns/promises'
import type { Server } from 'node:http'
import { createServer, type Server as SocketServer } from 'node:net'

/** `localhost` is two addresses, of which a server listens at one: what comes to the other is handed to it as well. */
export async function listenAtOtherLoopback(server: Server): Promise<AsyncDisposable> {
  const address = server.address()
  const others: SocketServer[] = []
  if (address !== null && typeof address !== 'string')
    for (const other of await lookup('localhost', { all: true }).catch(() => [])) {
      if (other.address === address.address) continue
      const also = createServer((socket) => server.emit('connection', socket))
      const isListening = await new Promise<boolean>((resolve) => {
        // A machine without that address is served by the first.
        also.once('error', () => resolve(false))
        also.listen(address.port, other.address, () => resolve(true))
      })
      if (isListening) others.push(also)
    }
  return {
    async [Symbol.asyncDispose]() {
      for (const also of others) also.close()
    },
  }
}
