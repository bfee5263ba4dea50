import type { IncomingMessage } from 'node:http'
import type { Front } from '../../http/front.ts'
import { tunnelPath } from '../../protocols/tunnel/tunnel-lines.ts'
import type { Tunnels } from './tunnels.ts'

/** Where connectors dial in, on our own host; every other request goes on to the routes. */
export const connectorFront = ({
  tunnels,
  host,
  addressOf,
}: {
  tunnels: Tunnels
  /** Ours, as browsers name it. */
  host: string
  /** Of the client, by the trusted proxies' word. */
  addressOf: (request: IncomingMessage) => string
}): Front => ({
  takes: () => false,
  request: () => {},
  takesUpgrade: ({ url, headers, method }) => url === tunnelPath && headers.host === host && method === 'GET',
  upgrade: (request, socket, head) => void tunnels.accept(request, socket, head, addressOf(request)),
})
