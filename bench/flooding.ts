// Sends requests for a challenge from 127.0.0.2 over a few connections, each as soon as the one before is answered. On
// bare sockets: a client that took a core to itself would be measured instead.

import { connect } from 'node:net'

const connections = 16
const [origin = '', requests] = process.argv.slice(2)
const { hostname, port, host } = new URL(origin)
const request = [
  'POST /api/v1/sign-in/begin HTTP/1.1',
  `host: ${host}`,
  `origin: ${origin}`,
  'sec-fetch-site: same-origin',
  'content-type: application/json',
  'content-length: 2',
  '\r\n{}',
].join('\r\n')
let left = Number(requests)

const flood = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: '127.0.0.2', family: 4 })
    const ask = (): void => void (left-- > 0 ? socket.write(request) : socket.end())
    socket
      .setEncoding('latin1')
      .on('connect', ask)
      .on('error', reject)
      .on('close', () => resolve())
    // Every answer is short enough to come in one piece.
    socket.on('data', (text: string) => {
      if (text.startsWith('HTTP/1.1 ')) ask()
    })
  })

await Promise.all(Array.from({ length: connections }, flood))
