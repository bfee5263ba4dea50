import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import type { Rule } from '../src/policy/rule.ts'
import type { CommitView } from '../src/repositories/shapes.ts'
import { commitAs } from '../src/walk/git.ts'
import { setRules } from './support/guardrails.ts'
import { asPattern, readGuide } from './support/guide.ts'
import { makeHeld } from './support/held-repository.ts'
import { startSshAgent } from './support/ssh-agent.ts'
import { addSshKey as addFile, run } from './support/ssh-door.ts'
import { addSshKey } from './support/ssh-keys.ts'
import { startPostern } from './support/start-postern.ts'

/** The page from top to bottom, by real ssh, ssh-keygen, git and curl, on a machine with nothing set up. */
test('the guide about git', async () => {
  const guide = await readGuide('git.md')
  await using postern = await startPostern({ flags: ['--ssh-port', '0'] })
  const ana = await postern.owner()
  const repository = await makeHeld(postern, ana, 'acme/widgets')
  const home = join(postern.folder, 'home')
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  await mkdir(join(home, 'bin'))
  // OpenSSH asks the system where a person's home is, not the environment.
  const config = join(home, '.ssh', 'config')
  await writeFile(join(home, 'bin', 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${config}' "$@"\n`)
  await chmod(join(home, 'bin', 'ssh'), 0o755)
  const port = String(postern.postern.sshPort())
  const stand = (text: string): string =>
    text
      .replaceAll('https://git.example.com', postern.origin)
      .replaceAll('git.example.com', 'localhost')
      .replaceAll('7422', port)
      .replaceAll('~/', `${home}/`)
  const environment = {
    PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    ...commitAs('Ana', 'ana@example.com', Date.now()),
  }
  const sh = async (text: string, cwd = home, more: NodeJS.ProcessEnv = {}) => {
    const ran = await run('sh', ['-euc', stand(text)], { cwd, env: { ...environment, ...more } })
    return { code: ran.code, screen: ran.stdout + ran.stderr }
  }
  const done = async (text: string, cwd?: string, more?: NodeJS.ProcessEnv): Promise<string> => {
    const { code, screen } = await sh(text, cwd, more)
    assert.equal(code, 0, `${text}\n${screen}`)
    return screen
  }

  // The page's own command asks for a passphrase, twice.
  const [makeKey] = guide.blocks('SSH with a key in a file', 'sh')
  await new Promise<void>((resolve, reject) => {
    const child = execFile('sh', ['-euc', stand(makeKey)], { env: environment }, (error) =>
      error === null ? resolve() : reject(error),
    )
    child.stdin?.end('\n\n')
  })
  const hardware = guide.blocks('SSH with a hardware key', 'sh')
  assert.match(hardware[0], /^ssh-keygen -t ed25519-sk -O verify-required -f ~\/\.ssh\/id_postern$/m)
  const [block] = guide.blocks('SSH with a hardware key', 'ssh-config')
  const known = `  UserKnownHostsFile ${home}/.ssh/known_hosts\n`
  await writeFile(join(home, '.ssh', 'known_hosts'), `${postern.postern.ssh()?.knownHosts ?? ''}\n`)
  await writeFile(config, `${stand(block)}${known}`)
  const [, greet = '', clone = ''] = hardware
  const [first = ''] = guide.rows('it says')[0] ?? []
  assert.match((await sh(greet)).screen, new RegExp(RegExp.escape(first.replaceAll('`', '').split('(')[0] ?? '')))

  const line = (await done('cat ~/.ssh/id_postern.pub')).trim()
  await addFile(ana, { file: join(home, '.ssh', 'id_postern'), line }, 'laptop')
  assert.match(await done(greet), /Hello Ana Example \(ana\)\..*“laptop”.*a key in a file/s)
  const countsAs = new Map(guide.rows('key').map(([key = '', what = '']) => [key, what]))
  assert.match(await done(greet), new RegExp(`counts as ${countsAs.get('in a file')}\\.`))
  await done(clone)

  // The other words on the screen, each where the table says it comes up.
  const says = guide.rows('it says').map(([says_ = '']) => says_)
  const [, , missing = '', noHelper = ''] = says
  const absent = await sh('git clone ssh://git@git.example.com:7422/acme/nothing.git')
  assert.notEqual(absent.code, 0)
  assert.match(absent.screen, asPattern(missing.replaceAll('`', '')))
  assert.equal(noHelper, 'git asks for a password over https')
  const asked = await sh('git clone https://git.example.com/acme/widgets.git by-https')
  assert.notEqual(asked.code, 0)
  assert.match(asked.screen, /could not read Username/)
  assert.equal(says[1], 'a guardrail asks for a hardware key, or for a PIN')
  const does: Rule['does'] = ['ssh.use']
  const rule: Rule = {
    id: 'hardware',
    title: 'Hardware keys alone',
    mode: 'enforce',
    who: ['everyone'],
    does,
    requires: {},
  }
  await setRules(ana, [{ ...rule, requires: { models: { allow: ['hardware-key'] } } }])
  assert.match((await sh(greet)).screen, /Hardware keys alone/)
  await setRules(ana, [])

  // A key in a file signs commits; a security key is a tap.
  const stick = new TestSshKey('sk-ssh-ed25519@openssh.com', { comment: 'stick' })
  stick.verification = true
  await addSshKey(ana, stick, { name: 'stick' })
  await using agent = await startSshAgent(stick)
  const sits = { SSH_AUTH_SOCK: agent.socket }
  for (const [key, touch] of [
    ['security key, touched', { verification: false }],
    ['security key, touched, with PIN or fingerprint', { verification: true }],
  ] as const) {
    Object.assign(stick, touch)
    assert.match(await done(greet, home, sits), new RegExp(`counts as ${countsAs.get(key)}\\.`), key)
  }
  assert.equal(countsAs.get('security key, not touched'), 'nothing: it is refused')
  stick.presence = false
  assert.match((await sh(greet, home, sits)).screen, /nobody touched the security key/)
  stick.presence = true
  await writeFile(join(home, '.ssh', 'id_postern.pub'), `${stick.line}\n`)
  await done(guide.blocks('Sign your commits', 'sh')[0])
  const work = join(home, 'widgets')
  // The key that signs lies in the agent; what comes in is the file that was added first.
  await writeFile(join(home, '.ssh', 'id_file.pub'), `${line}\n`)
  await done('mv ~/.ssh/id_postern ~/.ssh/id_file && sed -i s/id_postern/id_file/ ~/.ssh/config')
  await done('git switch -c change && git commit --allow-empty -m Change && git push origin change', work, sits)
  const oid = (await done('git rev-parse HEAD', work)).trim()
  const commit = await ana.call<CommitView>('GET', `${repository.path}/commits/${oid}`)
  assert.match(JSON.stringify(commit), /stick/)

  await repository.setPush('main', 'tap-or-signed')
  const [push] = guide.blocks('A push that takes a tap, without a browser', 'sh')
  await done(`git switch main && git merge --ff-only change && ${push}`, work, sits)
  assert.equal(await repository.tip('main'), oid)

  const [fetchConfig] = guide.blocks('HTTPS without a password', 'sh')
  await done(fetchConfig)
  assert.match(await done('git config --get-urlmatch credential https://git.example.com'), /oauthclientid/i)
})
