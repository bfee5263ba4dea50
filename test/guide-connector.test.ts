import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildIfStale } from '../src/commands/build.ts'
import type { ConnectorMade } from '../src/proxy/connectors/shapes.ts'
import { startEcho } from './support/echo-upstream.ts'
import { readGuide } from './support/guide.ts'
import { makeRoute } from './support/make-route.ts'
import { RouteBrowser } from './support/route-browser.ts'
import { startPostern } from './support/start-postern.ts'
import { openTerminal } from './support/terminal.ts'

test('a new user carries a tool out of another network, by the lines of the guide', async (context) => {
  assert.ok(await buildIfStale(), 'what the instance serves could not be built')
  await using postern = await startPostern()
  await using echo = await startEcho()
  await using machine = await openTerminal()
  const ana = await postern.owner()
  const { secret } = await ana.act<ConnectorMade>('POST', '/connectors', { name: 'office' })
  const tool = await makeRoute(ana, 'tool', { upstream: echo.url, connector: 'office' })
  const [lines] = (await readGuide('connector.md')).blocks('Set it up', 'sh')
  const script = lines
    .replaceAll('https://git.example.com', postern.origin)
    .replaceAll('http://127.0.0.1:3000', echo.url)
    // So that the process is the program itself.
    .replace('node postern.mjs', 'exec node postern.mjs')
  // What is pasted comes from a terminal, which is none here.
  const pasted = join(machine.home, 'pasted')
  await writeFile(pasted, `${secret}\n`)
  const shell = ['-euc', `exec < '${pasted}'\n${script}`]
  const running = spawn('sh', shell, { cwd: machine.home, env: machine.env, stdio: ['ignore', 'ignore', 'pipe'] })
  context.after(() => running.kill())
  const ended = once(running, 'close') as Promise<[number | null]>
  let said = ''
  const connected = new Promise<void>((resolve, reject) => {
    running.stderr.setEncoding('utf8').on('data', (part: string) => {
      if ((said += part).includes(`Connected to ${postern.origin}.`)) resolve()
    })
    void ended.then(() => reject(new Error(said)))
  })
  await connected

  const browser = new RouteBrowser(ana)
  await context.test('its pages open, and its WebSockets', async () => {
    const { status, body } = await browser.visit(`${tool}/page`)
    assert.equal(status, 200, body)
    assert.match(body, /"x-postern-jwt-assertion"/)
    const socket = browser.socket(`${tool}/socket`)
    await once(socket, 'open')
    socket.send('hello')
    const [heard] = (await once(socket, 'message')) as [Buffer]
    assert.equal(heard.toString(), 'hello')
    socket.terminate()
  })

  const skip = !existsSync('/proc/net/tcp') && 'no Linux, which would say who listens where'
  await context.test('no port is opened there', { skip }, async () => {
    const states = await statesOf(running.pid ?? 0)
    assert.ok(states.includes('01'), 'it has connections')
    assert.ok(!states.includes('0A'), 'it listens')
  })

  await context.test('ended, it says so and stops', async () => {
    await ana.act('DELETE', '/connectors/office')
    assert.deepEqual(await ended, [1, null])
    assert.match(said, /does not know this secret, or the connector was ended/)
  })
})

/** Of the TCP sockets that a process holds: 01 is a connection, 0A is one that listens. */
async function statesOf(pid: number): Promise<string[]> {
  const files = await readdir(`/proc/${pid}/fd`)
  const held = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')))
  const tables = await Promise.all(['tcp', 'tcp6'].map((kind) => readFile(`/proc/${pid}/net/${kind}`, 'utf8')))
  return tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      const [, , , state, , , , , , inode] = line.trim().split(/\s+/)
      return state !== undefined && held.includes(`socket:[${inode}]`) ? [state] : []
    }),
  )
}
