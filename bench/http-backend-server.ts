// The peer of smart HTTP: git's own CGI program behind the smallest node:http server that can carry it. No account, no
// rule, no record. Started as a process of its own: node http-backend-server.ts PORT, in git's environment.

import { spawn } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'

const headerEnd = Buffer.from('\r\n\r\n')

const server = createServer((request, response) => {
  if (request.url === '/ready') return void response.end()
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const {
    'content-type': type,
    'content-length': length,
    'content-encoding': encoding,
    'git-protocol': protocol,
  } = request.headers
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      REMOTE_USER: 'bench',
      ...(type === undefined ? {} : { CONTENT_TYPE: type }),
      ...(length === undefined ? {} : { CONTENT_LENGTH: length }),
      ...(encoding === undefined ? {} : { HTTP_CONTENT_ENCODING: encoding }),
      ...(protocol === undefined ? {} : { GIT_PROTOCOL: String(protocol) }),
    },
  })
  // git may answer before it has read everything.
  child.stdin.on('error', () => undefined)
  request.pipe(child.stdin)
  forward(child.stdout, response)
})
server.requestTimeout = 0
server.listen(Number(process.argv[2]), '127.0.0.1')

/** A CGI answer: headers, an empty line, the body. */
function forward(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head = Buffer.alloc(0)
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk])
    const end = head.indexOf(headerEnd)
    if (end < 0) return
    output.off('data', onData)
    output.pause()
    for (const line of head.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', value = ''] = line.split(': ')
      if (name === 'Status') response.statusCode = Number.parseInt(value, 10)
      else response.setHeader(name, value)
    }
    response.write(head.subarray(end + headerEnd.length))
    output.pipe(response)
  }
  output.on('data', onData)
}
