import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

export interface Seen {
  method: string
  url: string
  headers: IncomingHttpHeaders
}

export interface EchoUpstream extends AsyncDisposable {
  url: string
  /** What has reached it. */
  seen: Seen[]
}

/** A tool that answers with what it was told; `/events` goes on for ever, and a WebSocket says back what it hears. */
export async function startEcho(port = 0): Promise<EchoUpstream> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    seen.push({ method, url, headers })
    if (url.startsWith('/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: begun\n\n')
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method, url, headers }))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (message) => socket.send(message, { binary: false })))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
