import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { commitAs, gitOrThrow } from '../../src/walk/git.ts'

/** Another team's Git server: git's own CGI program behind node:http, on loopback, with accounts. */
export interface GitRemote extends AsyncDisposable {
  origin: string
  /** What every request showed, newest last. */
  requests: { url: string; authorization: string | undefined }[]
  /** A bare repository, empty. */
  create(name: string): Promise<{ url: string; folder: string }>
  /** Lets git answer a request that was intercepted. */
  serve(request: IncomingMessage, response: ServerResponse): void
  /** Answers a request instead of git where it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  /** Who may come in; undefined: anybody. */
  account: { username: string; password: string } | undefined
}

export async function startGitRemote(folder: string): Promise<GitRemote> {
  await mkdir(folder, { recursive: true })
  const remote: GitRemote = {
    origin: '',
    requests: [],
    intercept: undefined,
    account: undefined,
    async create(name) {
      const path = join(folder, name)
      await gitOrThrow(folder, ['init', '--quiet', '--bare', '--initial-branch=main', path])
      await gitOrThrow(path, ['config', 'http.receivepack', 'true'])
      return { url: `${remote.origin}/${name}`, folder: path }
    },
    serve: (request, response) => answer(folder, request, response),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  const server = createServer((request, response) => {
    const { authorization } = request.headers
    remote.requests.push({ url: request.url ?? '', authorization })
    if (remote.intercept?.(request, response)) return
    const { account } = remote
    const expected = account && `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`
    if (expected !== undefined && authorization !== expected)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="there"' }).end()
    answer(folder, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  remote.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return remote
}

function answer(folder: string, request: IncomingMessage, response: ServerResponse): void {
  // Whoever asked may have gone while it was held.
  if (response.destroyed) return
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const given = (name: string): string => String(request.headers[name] ?? '')
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      REMOTE_USER: 'somebody',
      CONTENT_TYPE: given('content-type'),
      HTTP_CONTENT_ENCODING: given('content-encoding'),
      GIT_PROTOCOL: given('git-protocol'),
      ...(given('content-length') === '' ? {} : { CONTENT_LENGTH: given('content-length') }),
    },
  })
  child.stdin.on('error', () => undefined)
  request.pipe(child.stdin)
  response.on('close', () => child.kill())
  let head = Buffer.alloc(0)
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    child.stdout.off('data', onData)
    child.stdout.pause()
    for (const line of head.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', value = ''] = line.split(': ')
      if (name === 'Status') response.statusCode = Number.parseInt(value, 10)
      else response.setHeader(name, value)
    }
    response.write(head.subarray(end + 4))
    child.stdout.pipe(response)
  }
  child.stdout.on('data', onData)
}

/** Writes one commit with these files onto a branch of a bare repository, without a work tree; returns its oid. */
export async function commitThere(
  folder: string,
  branch: string,
  files: Record<string, string>,
  message = 'A change',
): Promise<string> {
  const run = async (args: string[], env = {}): Promise<string> => (await gitOrThrow(folder, args, env)).trim()
  const index = { GIT_INDEX_FILE: join(folder, 'index-for-tests') }
  const parent = await run(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]).catch(() => undefined)
  await run(['read-tree', ...(parent === undefined ? ['--empty'] : [parent])], index)
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, 'file-for-tests')
    await writeFile(file, content)
    const blob = await run(['hash-object', '-w', '--', file])
    await run(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], index)
  }
  const tree = await run(['write-tree'], index)
  const args = ['commit-tree', tree, '-m', message, ...(parent === undefined ? [] : ['-p', parent])]
  const oid = await run(args, commitAs('Tess', 'tess@example.com', 1_700_000_000_000))
  await run(['update-ref', `refs/heads/${branch}`, oid])
  return oid
}

/** Asks again and again until the answer is one of those wanted. */
export async function until<Answer>(ask: () => Promise<Answer>, isIt: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    if (isIt(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
