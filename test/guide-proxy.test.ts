import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { FileRoute } from '../src/proxy/routes/file-route.ts'
import { postern as command } from './support/command.ts'
import { readGuide } from './support/guide.ts'
import { makeRoute } from './support/make-route.ts'
import { RouteBrowser } from './support/route-browser.ts'
import { startEcho } from './support/echo-upstream.ts'
import { freePort, startPostern } from './support/start-postern.ts'

const run = promisify(execFile)
const guide = await readGuide('proxy.md')
const knows = (python: string, ...modules: string[]): Promise<boolean> =>
  run(python, ['-c', `import ${modules.join(', ')}`]).then(
    () => true,
    () => false,
  )
// Debian's own has what Debian installs; another may come first on the path.
const pythons = ['python3', '/usr/bin/python3']
const ofThem = async (...modules: string[]): Promise<string | undefined> => {
  for (const python of pythons) if (await knows(python, ...modules)) return python
  return undefined
}
const [plainPython, pyJwt] = [await ofThem('http.server'), await ofThem('jwt', 'cryptography')]

test('the table of settings names each that a file can say, and none besides', () => {
  const told = guide.rows('setting').map(([name = '']) => name.replaceAll('`', ''))
  const known = new Set(Object.keys(FileRoute.properties))
  // What they are called, and who may, stands in the example.
  for (const name of ['name', 'description', 'recipe', 'groups']) known.delete(name)
  assert.deepEqual(told.toSorted(), [...known].toSorted())
})

test('a new user puts a tool behind the proxy, and the tool checks who came', async (context) => {
  await using postern = await startPostern()
  const ana = await postern.owner('ana')
  await using echo = await startEcho()
  const audience = postern.origin.replace('localhost', 'hello.localhost')
  const here = (code: string): string =>
    code.replaceAll('http://hello.localhost:7400', audience).replaceAll('http://localhost:7400', postern.origin)
  const browser = new RouteBrowser(ana)
  let headers: IncomingHttpHeaders = {}

  await context.test('in five minutes, on one machine', async () => {
    const tool = createServer((request, response) => {
      headers = request.headers
      response.end('Hello from behind\n')
    })
    await new Promise<void>((resolve) => tool.listen(0, '127.0.0.1', resolve))
    context.after(() => tool.close())
    const upstream = `http://127.0.0.1:${(tool.address() as AddressInfo).port}`
    assert.equal(await makeRoute(ana, 'hello', { upstream }), audience)
    const { status, body } = await browser.visit(`${audience}/`)
    assert.deepEqual([status, body], [200, 'Hello from behind\n'])
  })

  await context.test(
    'with the very tool of the page',
    { skip: plainPython === undefined && 'python3 is not installed here' },
    async () => {
      const [script] = guide.blocks('In five minutes, on your own machine', 'sh')
      const toolPort = await freePort()
      const typed = script
        .replaceAll('/tmp/hello', join(postern.folder, 'hello'))
        .replace(' 8080 ', ` ${toolPort} `)
        .replace('python3', plainPython ?? '')
      assert.match(typed, new RegExp(` ${toolPort} `))
      const env = { PATH: process.env['PATH'], PYTHONUNBUFFERED: '1' }
      const tool = spawn('sh', ['-euc', typed], { env, stdio: ['ignore', 'pipe', 'ignore'], detached: true })
      try {
        await once(createInterface(tool.stdout), 'line')
        const at = await makeRoute(ana, 'python', { upstream: `http://127.0.0.1:${toolPort}` })
        const { status, body } = await browser.visit(`${at}/`)
        assert.deepEqual([status, body], [200, 'Hello from behind\n'])
      } finally {
        process.kill(-(tool.pid ?? assert.fail('it never ran')))
      }
    },
  )

  await context.test('every claim that the guide names arrives, and no other about a person', async () => {
    const [, content = ''] = String(headers['x-postern-jwt-assertion']).split('.')
    const claims = Object.keys(JSON.parse(Buffer.from(content, 'base64url').toString()) as object)
    const told = new Set(guide.rows('claim').flatMap(([cell = '']) => cell.split(', ').map((one) => one.slice(1, -1))))
    const unsaid = claims.filter((claim) => !told.has(claim))
    assert.deepEqual(
      unsaid.filter((claim) => !['iat', 'exp', 'sid', 'email_verified'].includes(claim)),
      [],
    )
  })

  await context.test('the tool checks it in Node', async () => {
    const [code] = guide.blocks('What the tool receives', 'js')
    const file = join(postern.folder, 'who.mjs')
    await writeFile(file, here(code).replace("'jose'", `'${import.meta.resolve('jose')}'`))
    const { whoCame } = (await import(file)) as { whoCame: (request: object) => Promise<string> }
    assert.equal(await whoCame({ headers }), 'ana')
    await assert.rejects(whoCame({ headers: {} }))
    const [head, content = '', signature] = String(headers['x-postern-jwt-assertion']).split('.')
    const forged = Buffer.from(content, 'base64url').toString().replace('"ana"', '"ben"')
    const assertion = [head, Buffer.from(forged).toString('base64url'), signature].join('.')
    await assert.rejects(whoCame({ headers: { 'x-postern-jwt-assertion': assertion } }))
  })

  const skip = pyJwt === undefined && 'python3 has no jwt and cryptography here (python3-jwt, python3-cryptography)'
  await context.test('and in Python', { skip }, async () => {
    const [code] = guide.blocks('What the tool receives', 'python')
    const asked = JSON.stringify({ 'X-Postern-Jwt-Assertion': headers['x-postern-jwt-assertion'] })
    const { stdout } = await run(pyJwt ?? '', ['-c', `${here(code)}\nprint(who_came(${asked}))`])
    assert.equal(stdout.trim(), 'ana')
  })

  await context.test('the file of the guide can be followed as it stands', async () => {
    const [yaml] = guide.blocks('The same from a file', 'yaml')
    const folder = join(postern.folder, 'file')
    await mkdir(folder)
    const file = join(folder, 'routes.yaml')
    await writeFile(file, yaml)
    const checked = await command(['admin', 'routes', 'check', file, '--json', '--data', folder])
    assert.equal(checked.code, 0, checked.stdout)
    assert.deepEqual((JSON.parse(checked.stdout) as { warnings: unknown[] }).warnings, [])
    await writeFile(file, yaml.replace('hello.localhost', 'hello.localhost.'))
    const broken = await command(['admin', 'routes', 'check', file, '--data', folder])
    assert.equal(broken.code, 1)
    assert.match(broken.stderr, /routes\.yaml:4: hello: /)
  })

  await context.test('what others send under our names never arrives', async () => {
    await makeRoute(ana, 'echo', { upstream: echo.url, identityHeaders: { 'Remote-User': 'username' } })
    const at = postern.origin.replace('localhost', 'echo.localhost')
    await browser.visit(`${at}/`)
    const spoofed = {
      remote_user: 'root',
      'Remote-User': 'root',
      'X-Postern-Jwt-Assertion': 'x',
      'X-Forwarded-User': 'root',
    }
    const answer = await browser.ask(`${at}/`, { headers: spoofed })
    const { headers: told } = JSON.parse(answer.body) as { headers: Record<string, string> }
    assert.equal(told['remote-user'], 'ana')
    assert.deepEqual([told['remote_user'], told['x-forwarded-user']], [undefined, undefined])
    assert.notEqual(told['x-postern-jwt-assertion'], 'x')
  })

  await context.test('the proxy’s own paths say who came', async () => {
    const answer = await browser.ask(`${audience}/.postern/who`, { headers: { accept: 'application/json' } })
    assert.match(answer.body, /"ana"/)
  })
})
