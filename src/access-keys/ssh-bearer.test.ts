import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSshBearers } from './ssh-bearer.ts'
import type { SshCaller, SshSource } from './ssh-credential.ts'

const now = 1_700_000_000_000
const by = { kind: 'ssh-key', keyId: 'ssk_1', name: 'laptop', key: null, touch: null } as const
const caller = (scopes: readonly string[], repositoryIds: readonly string[] | null = null): SshCaller =>
  ({ id: 'usr_1', address: '', authenticatedAt: now - 5, by: { ...by, scopes, repositoryIds } }) as unknown as SshCaller

async function open() {
  const asked: { caller: SshCaller; isUnderWay: boolean }[] = []
  let known: SshCaller | undefined = caller(['repository:read', 'repository:write'])
  const nobody = () => Promise.resolve(undefined)
  const other: SshSource = { isKnown: () => Promise.resolve(false), find: nobody, again: nobody }
  const source: SshSource = {
    ...other,
    again(shown, _now, isUnderWay = false) {
      asked.push({ caller: shown, isUnderWay })
      return Promise.resolve(known)
    },
  }
  const bearers = await createSshBearers({
    sources: [other, source],
    secrets: { getOrCreate: (_name, create) => Promise.resolve(create()) },
  })
  const give = (operation: 'download' | 'upload'): string =>
    bearers.issue(caller([]), { repositoryId: 'rep_1', operation }, now).secret
  const find = (secret: string, seconds = 0, isAgain = false) =>
    bearers.find({ secret, address: '192.0.2.1', isAgain }, now + seconds * 1000)
  return { bearers, asked, give, find, become: (to: SshCaller | undefined) => void (known = to) }
}

test('asks the source of its key at each use, with the address of now', async () => {
  const { asked, give, find, become } = await open()
  const found = await find(give('upload'))
  assert.deepEqual(found?.caller.by, {
    ...by,
    scopes: ['repository:write', 'repository:read'],
    repositoryIds: ['rep_1'],
  })
  const [{ caller: shown } = assert.fail()] = asked
  assert.deepEqual(shown, {
    by: { kind: 'ssh-key', keyId: 'ssk_1', touch: null },
    authenticatedAt: now - 5,
    address: '192.0.2.1',
  })
  become(undefined)
  assert.equal(await find(give('upload')), undefined)
})

test('gives no more than it was given for, and never more than the key has now', async () => {
  const { give, find, become } = await open()
  const scopesOf = async (operation: 'download' | 'upload') => {
    const { by: found } = (await find(give(operation)))?.caller ?? assert.fail()
    return found.kind === 'session' ? assert.fail() : { scopes: found.scopes, repositoryIds: found.repositoryIds }
  }
  assert.deepEqual((await scopesOf('download')).scopes, ['repository:read'])
  become(caller(['repository:read']))
  assert.deepEqual((await scopesOf('upload')).scopes, ['repository:read'])
  become(caller(['account:read']))
  assert.deepEqual((await scopesOf('upload')).scopes, [])
  become(caller(['repository:write'], ['rep_2']))
  assert.deepEqual((await scopesOf('upload')).repositoryIds, [])
})

test('lasts a quarter of an hour, and what has begun by then goes on', async () => {
  const { asked, give, find } = await open()
  const secret = give('upload')
  assert.equal((await find(secret, 899))?.seconds, 1)
  assert.equal(await find(secret, 900), undefined)
  assert.ok(await find(secret, 5000, true))
  assert.deepEqual(
    asked.map(({ isUnderWay }) => isUnderWay),
    [false, true],
  )
})

test('no letter of it can be changed, and another instance’s is nobody’s', async () => {
  const { bearers, asked, give, find } = await open()
  const secret = give('download')
  const elsewhere = (await open()).give('download')
  const [text = '', signature = ''] = secret.slice('pst_lfs_'.length).split('.')
  const swapped = give('upload').split('.')[0] ?? ''
  const changed = `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`
  for (const forged of [elsewhere, `${swapped}.${signature}`, `pst_lfs_${changed}.${signature}`])
    assert.equal(await find(forged), undefined)
  for (const other of ['', 'pst_pat_x', secret.slice(0, -1), `${secret}x`, `x${secret}`])
    assert.equal(bearers.isMine(other), false)
  assert.deepEqual(asked, [])
})
