// Sends requests for a challenge from 127.0.0.2 over a few connections, each as soon as the one before is answered.

import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

const { origin, requests } = workerData as { origin: string; requests: number }
const { hostname, port, host } = new URL(origin)
const agent = new Agent({ keepAlive: true, maxSockets: 16 })
const statuses: Record<number, number> = {}
let left = requests

const ask = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = { host, origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
    const asked = { hostname, port, path: '/api/v1/sign-in/begin', method: 'POST', localAddress: '127.0.0.2', headers }
    const sent = request({ ...asked, agent }, (response) => {
      const { statusCode = 0 } = response
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1
      response.resume().on('end', resolve)
    })
    sent.on('error', reject).end('{}')
  })

await Promise.all(
  Array.from({ length: agent.maxSockets }, async () => {
    while (left-- > 0) await ask()
  }),
)
agent.destroy()
parentPort?.postMessage(statuses)
