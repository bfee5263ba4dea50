import { createServer, type OutgoingHttpHeaders, request } from 'node:http'

export interface Relay extends AsyncDisposable {
  address: string
}

/** What stands in front of a server: passes each request on to the port chosen for it, with these headers set. */
export async function startRelay(given: { choosePort: () => number; headers: OutgoingHttpHeaders }): Promise<Relay> {
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const onward = request({
      host: '127.0.0.1',
      port: given.choosePort(),
      method,
      path,
      headers: { ...headers, ...given.headers },
      agent: false,
    })
    onward.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    address: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
