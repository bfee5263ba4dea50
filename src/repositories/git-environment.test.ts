import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { encodePkt, flushPkt } from '../protocols/git/pkt-line.ts'
import { moreConfiguration } from './git-environment.ts'
import { commitFiles, failsWith, type GitFixture, openGit } from './git-testing.ts'

describe('the closed environment', () => {
  let fixture: GitFixture
  let repository: string
  before(async () => {
    fixture = await openGit()
    repository = await fixture.createRepository()
  })
  after(() => fixture[Symbol.asyncDispose]())

  it('passes nothing of the parent on', async () => {
    const hostile = {
      GIT_DIR: '/nowhere',
      GIT_TRACE: join(fixture.folder, 'trace'),
      GIT_CONFIG_PARAMETERS: "'alias.version=!false'",
      GIT_EXEC_PATH: '/nowhere',
      GIT_NAMESPACE: 'other',
      LD_PRELOAD: '/nowhere.so',
      SECRET: 'hunter2',
    }
    Object.assign(process.env, hostile)
    try {
      await using other = await openGit()
      const folder = await other.createRepository()
      await writeFile(join(other.folder, 'git', 'hooks', 'pre-receive'), '#!/bin/sh\nenv >&3\n')
      const names = await environmentOf(other, folder)
      for (const name of Object.keys(hostile).filter((name) => name !== 'GIT_DIR' && name !== 'GIT_EXEC_PATH')) {
        assert.ok(!names.has(name), name)
      }
      assert.equal(names.get('GIT_NO_REPLACE_OBJECTS'), '1')
      assert.equal(names.get('HOME'), join(other.folder, 'git', 'home'))
      assert.ok(!names.has('NODE_COMPILE_CACHE') && !names.has('NODE_CHANNEL_FD'))
    } finally {
      for (const name of Object.keys(hostile)) delete process.env[name]
    }
    await assert.rejects(stat(join(fixture.folder, 'trace')))
  })

  it('reads no configuration of the user', async () => {
    const home = await mkdtemp(join(fixture.folder, 'user-'))
    await writeFile(join(home, '.gitconfig'), '[core]\n\thooksPath = /evil\n[user]\n\tname = Mallory\n')
    const before = process.env['HOME']
    process.env['HOME'] = home
    try {
      await using other = await openGit()
      const listed = (await other.git.run(['config', '--list', '--show-origin'])).stdout.toString()
      assert.doesNotMatch(listed, /Mallory|evil|file:/)
      assert.match(listed, /command line:\s+core\.fsync=all/)
    } finally {
      process.env['HOME'] = before
    }
  })

  it('lets a caller set who wrote a commit, and nothing else', async () => {
    const env = { GIT_SSH_COMMAND: 'touch /tmp/owned' } as Record<string, string>
    await assert.rejects(fixture.git.run(['version'], { env }), TypeError)
  })

  it('never honours replace references', async () => {
    const honest = await commitFiles(fixture.git, repository, 'refs/heads/honest', { file: 'honest\n' })
    const forged = await commitFiles(fixture.git, repository, 'refs/heads/forged', { file: 'forged\n' })
    await fixture.git.run(['update-ref', `refs/replace/${honest}`, forged], { repository })
    const { stdout } = await fixture.git.run(['show', `${honest}:file`], { repository })
    assert.equal(stdout.toString(), 'honest\n')
    assert.equal((await fixture.git.objects(repository).read(`${honest}:file`))?.content.toString(), 'honest\n')
  })

  it('gives people no other names by a list that lies in a repository, which takes git a minute where it is long', async () => {
    const files = { '.mailmap': 'Mallory <mallory@example.com> <ada@example.com>\n' }
    const oid = await commitFiles(fixture.git, repository, 'refs/heads/main', files)
    const { stdout } = await fixture.git.run(['log', '--max-count=1', '--format=%aN', oid], { repository })
    assert.equal(stdout.toString(), 'Ada\n')
  })

  it('never runs a hook, an alias or an external diff that stands in a repository', async () => {
    const folder = await fixture.createRepository()
    const owned = join(fixture.folder, 'owned')
    await mkdir(join(folder, 'hooks'), { recursive: true })
    for (const name of ['reference-transaction', 'post-update', 'update', 'pre-receive']) {
      await writeFile(join(folder, 'hooks', name), `#!/bin/sh\ntouch ${owned}\n`)
      await chmod(join(folder, 'hooks', name), 0o755)
    }
    await writeFile(join(folder, 'config'), `[core]\n\thooksPath = ${folder}/hooks\n[protocol]\n\tallow = always\n`, {
      flag: 'a',
    })
    await commitFiles(fixture.git, folder, 'refs/heads/main', { file: 'text\n' })
    await assert.rejects(stat(owned))
    await assert.rejects(
      fixture.git.run(['ls-remote', '--', repository], { repository: folder }),
      failsWith('git-failed'),
    )
  })
})

/** What a hook of receive-pack finds in its environment. */
async function environmentOf({ git }: GitFixture, repository: string): Promise<Map<string, string>> {
  const oid = await commitFiles(git, repository, 'refs/heads/main', { file: 'text\n' })
  const { stdin, stdout, hook, exited } = await git.stream(['receive-pack', '--stateless-rpc', repository])
  const command = `${'0'.repeat(40)} ${oid} refs/heads/other\0report-status\n`
  const pack = await git.run(['pack-objects', '--stdout'], { repository, input: '' })
  stdin.end(Buffer.concat([encodePkt(command), flushPkt, pack.stdout]))
  const [text] = await Promise.all([hook?.toArray(), stdout.toArray(), exited])
  const lines = Buffer.concat(text as Buffer[])
    .toString()
    .split('\n')
  return new Map(
    lines.filter(Boolean).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

it('one invocation may add where and how it speaks to another server, and nothing else', () => {
  const environment = { GIT_CONFIG_COUNT: '2' }
  assert.deepEqual(moreConfiguration(environment), {})
  assert.deepEqual(moreConfiguration(environment, [['http.extraHeader', 'Authorization: x']]), {
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_2: 'http.extraHeader',
    GIT_CONFIG_VALUE_2: 'Authorization: x',
  })
  for (const key of ['core.hooksPath', 'protocol.ext.allow', 'protocol.allow', 'credential.helper', 'xhttp.proxy'])
    assert.throws(() => moreConfiguration(environment, [[key, 'x']]), key)
})
