import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildIfStale } from '../src/commands/build.ts'
import { readGuide } from './support/guide.ts'
import { run } from './support/ssh-door.ts'
import { startPostern } from './support/start-postern.ts'
import { openTerminal, tapsWhenAsked } from './support/terminal.ts'

test('the guide about git: a certificate for some hours, and HTTPS with the same file', async () => {
  assert.ok(await buildIfStale(), 'what the instance serves could not be built')
  const guide = await readGuide('git.md')
  await using terminal = await openTerminal()
  await using postern = await startPostern({ flags: ['--ssh-port', '0'] })
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '', visibility: 'private' })
  const follow = async (text: string) => {
    const lines = text.replaceAll('https://git.example.com', postern.origin).replaceAll('~/', `${terminal.home}/`)
    const child = spawn('sh', ['-euc', lines], {
      cwd: terminal.home,
      env: { ...terminal.env, GIT_CONFIG_NOSYSTEM: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const taps = tapsWhenAsked(ana)
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        taps(said)
      })
    const code = await new Promise((resolve) => child.once('close', resolve))
    assert.equal(code, 0, `${text}\n${said}`)
    return said
  }
  const [getOne] = guide.blocks('A certificate for some hours', 'sh')
  await follow(`${getOne.trim()} --write-config`)
  const config = join(terminal.home, '.ssh', 'config')
  const came = await run('ssh', ['-F', config, '-o', 'BatchMode=yes', '-T', 'git@localhost'], { env: terminal.env })
  assert.equal(came.code, 0, came.stderr)

  const helper = guide.blocks('HTTPS without a password', 'sh').find((block) => block.includes('postern.mjs'))
  await follow(helper ?? assert.fail('the page no longer says how'))
  // postern login has left what git needs: nobody is asked for another tap.
  const listed = await follow(`git ls-remote ${postern.origin}/acme/widgets.git`)
  assert.doesNotMatch(listed, /tap your key/)
  await follow('node postern.mjs logout')
  assert.match(await follow(`git ls-remote ${postern.origin}/acme/widgets.git`), /tap your key/)
})
