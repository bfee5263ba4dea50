import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ProblemError } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import { zeroOid } from '../../protocols/git/receive-commands.ts'
import { compiled, floorOnly, rule } from '../../policy/policy-testing.ts'
import type { RepositoryPlace } from '../place.ts'
import { readRef, updateRef } from '../refs.ts'
import { openRepositories, type RepositoryFixture } from '../repository-testing.ts'
import { type NewObject, objectOid, writeObjects } from '../write-objects.ts'
import { commitChanges, type EditParts } from './commit-changes.ts'
import { readEditStart } from './edit-start.ts'
import type { FileChange, NewCommit } from './shapes.ts'

type Proposed = Parameters<EditParts['openForPush']>[2]

describe('changing files without a clone', () => {
  let fixture: RepositoryFixture
  let parts: EditParts
  let caller: Caller
  let place: RepositoryPlace
  let git: (...args: string[]) => Promise<string>
  const proposed: Proposed[] = []
  const refs = async (): Promise<string> =>
    (await fixture.git.run(['for-each-ref'], { repository: place.folder })).stdout.toString()
  const head = (branch: string): Promise<string> => readRef(fixture.git, place.folder, `refs/heads/${branch}`)

  before(async () => {
    fixture = await openRepositories()
    caller = fixture.owner
    parts = {
      database: fixture.database,
      git: fixture.git,
      now: fixture.now,
      policy: floorOnly,
      site: { rpId: 'localhost', origin: 'http://localhost' },
      maxBlobBytes: 1000,
      log: (error) => assert.fail(String(error)),
      openForPush: (_place, _caller, wanted) => Promise.resolve({ number: proposed.push(wanted), isNew: true }),
    }
    const made = await fixture.addRepository('edits')
    const work = await fixture.workFolder()
    git = async (...args) => {
      const { code, text } = await work.git(...args)
      assert.equal(code, 0, text)
      return text.trim()
    }
    await mkdir(`${work.folder}/docs/deep`, { recursive: true })
    await writeFile(`${work.folder}/README.md`, '# Hello\n')
    await writeFile(`${work.folder}/docs/deep/one`, '1')
    await writeFile(`${work.folder}/run.sh`, '#!/bin/sh\n')
    await chmod(`${work.folder}/run.sh`, 0o755)
    await symlink('docs', `${work.folder}/link`)
    await writeFile(`${work.folder}/latin`, Buffer.from([0xe9, 10]))
    await writeFile(`${work.folder}/large`, Buffer.alloc(1024 ** 2 + 1, 'x'))
    await writeFile(`${work.folder}/bytes`, Buffer.from([0, 1]))
    await writeFile(`${work.folder}/pointer`, 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n')
    await git('add', '-A')
    await git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`)
    await git('commit', '-q', '-m', 'First')
    await git('remote', 'add', 'origin', fixture.url(made, await fixture.addToken(caller)))
    await git('push', '-q', 'origin', 'main', 'main:open')
    place = await fixture.look(made)
  })
  after(() => fixture[Symbol.asyncDispose]())

  const send = async (changes: FileChange[], more: Partial<NewCommit> = {}, by = caller, given = parts) =>
    commitChanges(
      given,
      { place: await fixture.look(place, by), caller: by, recognise: () => Promise.resolve(by) },
      { branch: 'open', expectedHead: await head('open'), message: 'Change it', changes, ...more },
    )
  const fails = async (sent: () => Promise<unknown>, code: string, words = /./): Promise<void> => {
    const before = await refs()
    await assert.rejects(sent, (error) => {
      assert.ok(error instanceof ProblemError, String(error))
      const fields = Object.values(error.details.fields ?? {}).join()
      assert.match(`${error.message} ${error.details.help ?? ''} ${error.details.detail ?? ''} ${fields}`, words)
      assert.equal(error.code, code, error.message)
      return true
    })
    assert.equal(await refs(), before, 'nothing has moved')
  }

  const objectsLeft = () => readdir(join(place.folder, 'objects'))

  it('is one commit of all that was changed, by whoever sent it, as a clone has it', async () => {
    const before = await head('open')
    const { oid, branch, pullRequest } = await send(
      [
        { action: 'write', path: 'README.md', content: '# Grüße\r\n' },
        { action: 'write', path: 'run.sh', content: '#!/bin/sh\nls\n' },
        {
          action: 'add',
          path: 'docs/new/é.txt',
          content: Buffer.from([0, 255]).toString('base64'),
          encoding: 'base64',
        },
        { action: 'rename', path: 'docs/deep/one', to: 'docs.one' },
      ],
      { message: ' Say it in German \r\n\r\nAs people asked.\n' },
    )
    assert.deepEqual([oid, branch, pullRequest], [await head('open'), 'open', null])
    await git('fetch', '-q')
    assert.equal(
      await git('log', '-1', '--format=%P|%an|%ae|%cn|%B', 'origin/open'),
      `${before}|ana|ana@localhost|ana|Say it in German\n\nAs people asked.`,
    )
    assert.deepEqual(
      (await git('-c', 'core.quotePath=false', 'diff', '--raw', '-M', `${before}..${oid}`))
        .split('\n')
        .map((line) => line.replace(/ [0-9a-f]{7} [0-9a-f]{7} (?=[AMR])/, ' ')),
      [
        ':100644 100644 M\tREADME.md',
        ':100644 100644 R100\tdocs/deep/one\tdocs.one',
        ':000000 100644 A\tdocs/new/é.txt',
        ':100755 100755 M\trun.sh',
      ],
    )
    assert.equal(await git('show', `${oid}:README.md`), '# Grüße')
    await git('fsck', '--strict', '--no-dangling')
    const { action, facts } = (await fixture.events()).at(-1) ?? {}
    assert.deepEqual(
      [action, facts?.['ref'], facts?.['newOid'], facts?.['oldOid']],
      ['ref.updated', 'refs/heads/open', oid, before],
    )
  })

  it('makes a file of a folder and back, and leaves no empty folder', async () => {
    await send([
      { action: 'add', path: 'a/b/c', content: '1' },
      { action: 'add', path: 'z', content: '1' },
    ])
    await fails(() => send([{ action: 'write', path: 'a', content: '' }]), 'is-directory')
    await fails(() => send([{ action: 'remove', path: 'a/b' }]), 'is-directory')
    await fails(() => send([{ action: 'write', path: 'z/y', content: '' }]), 'not-a-folder')
    await send([
      { action: 'remove', path: 'a/b/c' },
      { action: 'add', path: 'a', content: '2' },
      { action: 'rename', path: 'z', to: 'z/y', content: '3' },
    ])
    await git('fetch', '-q')
    assert.deepEqual(
      (await git('ls-tree', '-r', 'origin/open', 'a', 'z')).split('\n').map((line) => line.slice(53)),
      ['a', 'z/y'],
    )
  })

  it('takes no change of what is not as it was thought', async () => {
    await fails(() => send([{ action: 'add', path: 'README.md', content: '' }]), 'path-taken')
    await fails(() => send([{ action: 'rename', path: 'README.md', to: 'run.sh' }]), 'path-taken')
    await fails(() => send([{ action: 'remove', path: 'nothing' }]), 'path-missing')
    await fails(() => send([{ action: 'rename', path: 'none/there', to: 'here' }]), 'path-missing')
    const content = await git('show', 'origin/open:run.sh')
    await fails(() => send([{ action: 'write', path: 'run.sh', content: `${content}\n` }]), 'nothing-changes')
    const stale = { expectedHead: await head('main') }
    await fails(() => send([{ action: 'remove', path: 'run.sh' }], stale), 'branch-moved', /new branch/)
    await fails(() => send([{ action: 'remove', path: 'run.sh' }], { branch: 'none' }), 'no-such-branch')
    await fails(() => send([{ action: 'remove', path: 'run.sh' }], { branch: 'refs/pull/1/head' }), 'no-such-branch')
    await fails(() => send([{ action: 'remove', path: 'run.sh' }], { newBranch: 'main' }), 'branch-taken')
    await fails(() => send([{ action: 'remove', path: 'run.sh' }], { newBranch: 'main/more' }), 'branch-taken', /main /)
    await send([{ action: 'remove', path: 'run.sh' }], { newBranch: 'team/one' })
    await fails(() => send([{ action: 'remove', path: 'run.sh' }], { newBranch: 'team' }), 'branch-taken', /team\/one/)
    const unknown = { newBranch: 'fresh', expectedHead: '1'.repeat(40) }
    await fails(() => send([{ action: 'remove', path: 'run.sh' }], unknown), 'branch-moved')
  })

  it('is nothing that a push could not bring: hostile names, contents and messages', async () => {
    const add = (path: string, content = 'x') => send([{ action: 'add', path, content }])
    const names = [
      '.git',
      '.GIT/config',
      'docs/.Git',
      '.git ',
      '.git.',
      'git~1',
      '.git::$INDEX_ALLOCATION/x',
      '.g\u200cit/x',
    ]
    for (const path of [
      ...names,
      '..',
      'docs/../../b',
      './a',
      '.',
      '/a',
      'a/',
      'docs//b',
      'new\nline',
      'a\\b',
      '\u202ea',
      'x'.repeat(256),
    ])
      await fails(() => add(path), 'invalid-input')
    await fails(() => add('a\ud800'), 'invalid-input')
    await fails(() => add(`${'d/'.repeat(100)}f`), 'invalid-input', /100 parts/)
    await fails(() => add(`${`${'é'.repeat(120)}/`.repeat(20)}f`), 'name-too-long', /4096 bytes/)
    await fails(() => send([{ action: 'rename', path: 'README.md', to: '.git/hooks/x' }]), 'invalid-input')
    await fails(() => add(`${'é'.repeat(120)}/`.repeat(20).slice(0, -1)), 'name-too-long', /shorter/)
    // What only git knows: what it would not have taken from a push either.
    const module = '[submodule "../x"]\n\tpath = x\n\turl = https://example.com/x\n'
    await fails(() => add('.gitmodules', module), 'not-taken', /gitmodulesName/)
    await fails(
      () => add('.gitmodules', '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=x\n'),
      'not-taken',
      /gitmodulesUrl/,
    )
    await fails(() => send([{ action: 'rename', path: 'link', to: '.gitmodules' }]), 'not-taken', /gitmodulesSymlink/)
    await fails(() => add('link/x'), 'not-a-folder')
    await fails(() => send([{ action: 'write', path: 'link', content: 'x' }]), 'is-symlink')
    for (const path of ['module', 'module/x'])
      await fails(
        () => send([{ action: 'write', path, content: 'x' }]),
        path === 'module' ? 'is-submodule' : 'not-a-folder',
      )
    await fails(() => send([{ action: 'remove', path: 'module' }]), 'is-submodule')
    await fails(() => add('big', 'x'.repeat(1001)), 'file-too-large')
    await fails(() => add('text', '\udc00'), 'invalid-input')
    await fails(() => send([{ action: 'add', path: 'b', content: 'a b', encoding: 'base64' }]), 'invalid-input')
    await fails(() => send([{ action: 'add', path: 'b' }]), 'invalid-input')
    const roomy = { ...parts, maxBlobBytes: 1024 ** 3 }
    const half = { action: 'add', content: 'x'.repeat(6 * 1024 ** 2) } as const
    await fails(
      () =>
        send(
          [
            { ...half, path: 'p' },
            { ...half, path: 'q' },
          ],
          {},
          caller,
          roomy,
        ),
      'too-large',
    )
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 7\n`
    await fails(
      () =>
        send([
          { action: 'add', path: '.gitattributes', content: 'pointer2 filter=lfs\n' },
          { action: 'add', path: 'pointer2', content: pointer },
        ]),
      'lfs-missing',
      /Upload/,
    )
    assert.deepEqual(
      (await objectsLeft()).filter((name) => name.startsWith('tmp_')),
      [],
      'nothing lies about',
    )
    for (const message of ['', ' \n ', 'a\0b', 'a\u001b[2J', 'x'.repeat(251), '\ud800'])
      await fails(() => send([{ action: 'remove', path: 'run.sh' }], { message }), 'invalid-input')
    for (const newBranch of ['HEAD', 'refs/heads/x', 'a..b', '-x', 'x.lock'])
      await fails(() => send([{ action: 'remove', path: 'run.sh' }], { newBranch }), 'invalid-input')
  })

  it('never lands on a protected branch, and is proposed instead', async () => {
    const at = { branch: 'main', expectedHead: await head('main') }
    const change: FileChange[] = [{ action: 'remove', path: 'run.sh' }]
    await fails(() => send(change, at), 'protected-branch', /new branch/)
    const { action, facts } = (await fixture.events()).at(-1) ?? {}
    assert.deepEqual([action, facts?.['code'], facts?.['ref']], ['push.refused', 'protected-branch', 'refs/heads/main'])
    await fails(() => send(change, { ...at, newBranch: 'Main' }), 'protected-twin')
    await fails(() => send(change, { ...at, pullRequest: true }), 'invalid-input')

    const start = () => readEditStart(parts, { place, caller }, { branch: 'main', path: 'run.sh' })
    const { head: expectedHead, refusal, suggestedBranch, file } = await start()
    assert.deepEqual([refusal?.help, suggestedBranch], ['Propose it on a new branch.', 'ana-edit-1'])
    assert.deepEqual(file, { path: 'run.sh', text: '#!/bin/sh\n', refusal: null })
    const message = 'Take it away\n\nNobody runs it.'
    const wanted = { branch: 'main', expectedHead, newBranch: suggestedBranch, pullRequest: true, message }
    const made = await send(change, wanted)
    assert.deepEqual([made.branch, made.pullRequest, made.oid], ['ana-edit-1', 1, await head('ana-edit-1')])
    const words = { title: 'Take it away', description: 'Nobody runs it.' }
    assert.deepEqual(proposed, [{ ...words, sourceBranch: 'ana-edit-1', targetBranch: 'main' }])
    assert.equal((await start()).suggestedBranch, 'ana-edit-2')
  })

  it('asks what guardrails and roles ask of a push, also at the last moment', async () => {
    const change: FileChange[] = [{ action: 'remove', path: 'run.sh' }]
    const strict = { current: () => compiled(rule({ does: ['push'], requires: { strength: 'attested' } })) }
    await fails(() => send(change, {}, caller, { ...parts, policy: strict }), 'tap-needed', /A rule/)
    let looks = 0
    const late = { current: () => (looks++ === 0 ? floorOnly : strict).current() }
    await fails(() => send(change, {}, caller, { ...parts, policy: late }), 'tap-needed', /A rule/)
    const bob = await fixture.addPerson('bob')
    const recognise = () => Promise.resolve(caller)
    const reading = { place: { ...place, role: 'write' as const }, caller: bob, recognise: () => Promise.resolve(bob) }
    const wanted = { branch: 'open', expectedHead: await head('open'), message: 'x', changes: change }
    await fails(() => commitChanges(parts, reading, wanted), 'access-ended')
    await fails(
      () => commitChanges(parts, { place: { ...place, role: 'read' }, caller, recognise }, wanted),
      'not-allowed',
    )
    // What they came in with has ended meanwhile, or is good for less.
    const ended = () => Promise.resolve(undefined)
    await fails(() => commitChanges(parts, { place, caller, recognise: ended }, wanted), 'access-ended')
    const narrow: Caller = {
      ...caller,
      by: { kind: 'token', tokenId: 'tok_x', name: 'x', scopes: ['repository:read'], repositoryIds: null },
    }
    await fails(
      () => commitChanges(parts, { place, caller, recognise: () => Promise.resolve(narrow) }, wanted),
      'access-ended',
    )
  })

  it('of two who send at once one lands, and the other is told', async () => {
    const answers = await Promise.allSettled(
      ['1', '2'].map((content) => send([{ action: 'write', path: 'race', content }])),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const [lost] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
    assert.ok(lost instanceof ProblemError)
    assert.match(lost.code, /^(ref-moved|branch-moved)$/)
  })

  it('reads no more than a server can bear, however little is sent', async () => {
    const entry = (mode: string, name: string, oid: string) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')])
    const file = objectOid({ kind: 'blob', bytes: Buffer.from('1') })
    const names = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(6, '0'))
    const wide: NewObject = {
      kind: 'tree',
      bytes: Buffer.concat(names(40_000).map((name) => entry('100644', name, file))),
    }
    const root: NewObject = {
      kind: 'tree',
      bytes: Buffer.concat(names(3).map((name) => entry('40000', name, objectOid(wide)))),
    }
    const by = 'a <a> 1 +0000'
    const bytes = Buffer.from(`tree ${objectOid(root)}\nauthor ${by}\ncommitter ${by}\n\nWide\n`)
    const commit: NewObject = { kind: 'commit', bytes }
    await writeObjects(fixture.git, place.folder, [wide, root, commit], { check: '--fsck-objects' })
    const expectedHead = objectOid(commit)
    await updateRef(fixture.git, place.folder, { ref: 'refs/heads/wide', oldOid: zeroOid, newOid: expectedHead })
    const addTo = (count: number) => {
      const changes = names(count).map((name): FileChange => ({ action: 'add', path: `${name}/new`, content: '1' }))
      return send(changes, { branch: 'wide', expectedHead }, caller, { ...parts, maxBlobBytes: 1024 ** 3 })
    }
    await fails(() => addTo(3), 'too-large', /100000 entries.*git/)
    await addTo(2)
  })

  it('says of each file whether it can be edited as text, and why not', async () => {
    const look = async (path: string) => (await readEditStart(parts, { place, caller }, { branch: 'main', path })).file
    for (const [path, why] of Object.entries({
      link: /link/,
      large: /1 MB/,
      bytes: /binary/,
      latin: /UTF-8/,
      pointer: /LFS/,
    })) {
      const file = await look(path)
      assert.equal(file?.text, null)
      assert.match(file?.refusal?.title ?? '', why)
    }
    await fails(() => look('docs'), 'is-directory')
    await fails(() => look('module'), 'is-submodule')
    await fails(() => look('link/deep/one'), 'not-found')
    const main = await head('main')
    await fails(() => readEditStart(parts, { place, caller }, { branch: main, path: undefined }), 'not-a-branch')
  })
})
