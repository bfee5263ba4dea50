import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// The least that Node can answer: a program of its own, started by the bench, which tells its port.
const server = createServer((_request, response) => {
  response.writeHead(200, { 'x-user': 'ana', 'content-length': 0 }).end()
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
