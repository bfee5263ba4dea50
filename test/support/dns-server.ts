import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What it says of one name. `texts`: one TXT record for each; `rcode` as in RFC 1035 §4.1.1; `silence`: nothing at all. */
export interface DnsAnswer {
  texts?: readonly string[]
  /** 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED */
  rcode?: number
  silence?: true
  /** Bytes that are no answer, after the identifier. */
  garbage?: Buffer
}

export interface DnsServer extends AsyncDisposable {
  /** As `POSTERN_DNS_SERVERS` takes it. */
  address: string
  /** What it says of a name from now on; without an answer the name does not exist. */
  set(name: string, answer?: DnsAnswer): void
  /** Names it was asked for, in order. */
  asked: string[]
  /** How many questions came by TCP. */
  overTcp: number
}

/** A real name server on 127.0.0.1, over UDP and TCP, that knows TXT records alone. */
export async function startDnsServer(): Promise<DnsServer> {
  const answers = new Map<string, DnsAnswer>()
  const sockets = new Set<Socket>()
  const udp = createSocket('udp4')
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let held = Buffer.alloc(0)
    socket.on('data', (part: Buffer) => {
      held = Buffer.concat([held, part])
      if (held.length < 2 || held.length < 2 + held.readUInt16BE(0)) return
      server.overTcp += 1
      const answer = respond(held.subarray(2, 2 + held.readUInt16BE(0)))
      held = Buffer.alloc(0)
      if (answer === undefined) return
      const length = Buffer.alloc(2)
      length.writeUInt16BE(answer.length)
      socket.write(Buffer.concat([length, answer]))
    })
  }).listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const { port } = tcp.address() as AddressInfo
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  udp.on('message', (query, from) => {
    const answer = respond(query)
    if (answer === undefined) return
    // RFC 1035 §4.2.1: what does not fit is cut, and says so.
    udp.send(answer.length > 512 ? truncated(query) : answer, from.port, from.address)
  })

  function respond(query: Buffer): Buffer | undefined {
    const name = readName(query)
    server.asked.push(name)
    const answer = answers.get(name)
    if (answer?.silence) return undefined
    if (answer?.garbage) return Buffer.concat([query.subarray(0, 2), answer.garbage])
    return encode(query, answer ?? { rcode: 3 })
  }

  const server: DnsServer = {
    address: `127.0.0.1:${port}`,
    asked: [],
    overTcp: 0,
    set(name, answer) {
      if (answer === undefined) answers.delete(name)
      else answers.set(name, answer)
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      udp.close()
      await new Promise((resolve) => tcp.close(resolve))
    },
  }
  return server
}

function readName(query: Buffer): string {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return labels.join('.').toLowerCase()
}

/** Header and question of the query, RFC 1035 §4.1, without what EDNS adds. */
function question(query: Buffer): Buffer {
  let end = 12
  while ((query[end] ?? 0) > 0) end += 1 + (query[end] ?? 0)
  return Buffer.from(query.subarray(12, end + 5))
}

function header(query: Buffer, given: { flags: number; answers: number }): Buffer {
  const bytes = Buffer.alloc(12)
  query.copy(bytes, 0, 0, 2)
  bytes.writeUInt16BE(0x8180 | given.flags, 2)
  bytes.writeUInt16BE(1, 4)
  bytes.writeUInt16BE(given.answers, 6)
  return bytes
}

const truncated = (query: Buffer): Buffer =>
  Buffer.concat([header(query, { flags: 0x0200, answers: 0 }), question(query)])

function encode(query: Buffer, { texts = [], rcode = 0 }: DnsAnswer): Buffer {
  // RFC 1035 §4.1.4: the name of the question.
  const owner = Buffer.from([0xc0, 12])
  const records = texts.map((text) => {
    const strings = (text.match(/.{1,255}/gs) ?? ['']).map((part) => {
      const bytes = Buffer.from(part, 'latin1')
      return Buffer.concat([Buffer.from([bytes.length]), bytes])
    })
    const data = Buffer.concat(strings)
    const fixed = Buffer.alloc(10)
    fixed.writeUInt16BE(16, 0)
    fixed.writeUInt16BE(1, 2)
    fixed.writeUInt32BE(60, 4)
    fixed.writeUInt16BE(data.length, 8)
    return Buffer.concat([owner, fixed, data])
  })
  return Buffer.concat([header(query, { flags: rcode, answers: texts.length }), question(query), ...records])
}
