import assert from 'node:assert/strict'
import { argon2Sync, scryptSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { hashSync } from 'bcryptjs'
import type { Caller } from '../src/identity/caller.ts'
import { importPeople } from '../src/identity/import/import-people.ts'
import { planImport } from '../src/identity/import/plan-import.ts'
import type { ImportDone, ImportPreview } from '../src/identity/import/shapes.ts'
import { findUserByUsername } from '../src/identity/users.ts'
import type { Person } from '../src/walk/person.ts'
import { setRules } from './support/guardrails.ts'
import { startMailServer } from './support/mail-server.ts'
import { byPassword, password, permission } from './support/passwords.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const hash = hashSync(password, 4)
const csv = (...rows: string[]) => ({
  format: 'csv',
  text: ['username,email,displayName,role,groups,passwordHash,endsAt', ...rows].join('\n'),
})

for (const store of eitherStore)
  describe(`importing people on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    const look = (list: object, who = ana) => who.call<ImportPreview>('POST', '/people/import/preview', list)
    const carryOut = (list: object, who = ana) => who.act<ImportDone>('POST', '/people/import', list)
    const problemsOf = async (row: string, who = ana): Promise<string[]> =>
      (await look(csv(row), who)).rows[0]?.problems ?? []

    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      await ana.act('POST', '/groups', { name: 'movers', description: '' })
      await ana.act('POST', '/groups', { name: 'Crew', description: '' })
    })
    after(() => postern[Symbol.asyncDispose]())

    test('without a rule no password is kept: everybody gets a link, and the preview says so', async () => {
      const list = csv(`no1,no1@example.com,No One,,movers,${hash},`)
      const preview = await look(list)
      assert.deepEqual([preview.total, preview.passwords, preview.invited, preview.leftOut], [1, 0, 1, 0])
      assert.match(preview.rows[0]?.notes[0] ?? '', /The hash is not kept/)
      const done = await carryOut(list)
      assert.deepEqual([done.created, done.passwords, done.invited], [1, 0, 1])
      const [link] = done.links
      const one = postern.stranger()
      await one.register(link?.link ?? '', { username: 'no1', displayName: 'x', email: 'x@example.com' })
      const me = await one.call<{ username: string; email: string }>('GET', '/me')
      assert.deepEqual([me.username, me.email], ['no1', 'no1@example.com'])
      await refused(byPassword(postern, 'no1'), 401, 'password-refused')
    })

    test('whom a rule lets in with a password comes with it, groups and role in place', async () => {
      await setRules(ana, [permission(Date.now() + 86_400_000)])
      const end = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)
      const list = csv(
        `mo,mo@example.com,Mo Mover,member,movers;crew,${hash},`,
        `gus,gus@example.com,Gus Guest,guest,movers,${hash},${end}`,
        `Zoe,zoe@example.com,,,crew,,`,
      )
      const preview = await look(list)
      assert.deepEqual([preview.passwords, preview.invited], [1, 2])
      assert.ok(!JSON.stringify(preview).includes(hash))
      const done = await carryOut(list)
      assert.deepEqual([done.created, done.passwords, done.invited, done.leftOut], [3, 1, 2, []])
      assert.deepEqual(done.links.map(({ username }) => username).sort(), ['gus', 'zoe'])
      await (await byPassword(postern, 'mo')).call('GET', '/home')
      const { items } = await ana.call<{ items: { name: string; members: { username: string }[] }[] }>('GET', '/groups')
      const crew = items.find(({ name }) => name === 'Crew')?.members.map(({ username }) => username)
      assert.deepEqual(crew, ['mo', 'zoe'])
      const gus = await postern.postern.ceremonies.database.read
        .selectFrom('user')
        .select(['endsAt', 'sponsorId', 'role'])
        .where('username', '=', 'gus')
        .executeTakeFirstOrThrow()
      assert.equal(gus.endsAt, Date.parse(end))
      assert.ok(gus.sponsorId !== null && gus.role === 'guest')
    })

    test('a JSON list, with a hash of each kind', async () => {
      await setRules(ana, [permission(Date.now() + 86_400_000)])
      const salt = Buffer.from('a salt of sixteen')
      const bare = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
      const memory = argon2Sync('argon2id', {
        message: password,
        nonce: salt,
        parallelism: 1,
        tagLength: 32,
        memory: 1024,
        passes: 2,
      })
      const hashes = {
        'by-argon': `$argon2id$v=19$m=1024,t=2,p=1$${bare(salt)}$${bare(memory)}`,
        'by-bcrypt': hash,
        'by-scrypt': `$scrypt$ln=10,r=8,p=1$${bare(salt)}$${bare(scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 }))}`,
      }
      const people = Object.entries(hashes).map(([username, passwordHash]) => ({
        username,
        email: `${username}@example.com`,
        groups: ['movers'],
        passwordHash,
      }))
      const done = await carryOut({ format: 'json', text: JSON.stringify(people) })
      assert.deepEqual([done.created, done.passwords, done.leftOut], [3, 3, []])
      for (const username of Object.keys(hashes)) {
        await refused(byPassword(postern, username, { password: `${password}.` }), 401, 'password-refused')
        await (await byPassword(postern, username)).call('GET', '/home')
      }
    })

    test('each row that cannot be says why, and the others go on', async () => {
      const rows: [row: string, problem: RegExp][] = [
        ['x,x1@example.com,,,,,', /2–39 characters/],
        ['../etc,x2@example.com,,,,,', /2–39 characters/],
        ['admin,x3@example.com,,,,,', /admin is taken/],
        ['ana,x4@example.com,,,,,', /ana is taken/],
        ['x5,no-address,,,,,', /no address/],
        ['x6,"=HYPERLINK(1)@example.com",,,,,', /no address/],
        ['x7,ANA@example.com,,,,,', /here already/],
        ['x8,x8@example.com,,king,,,', /none of owner/],
        ['x9,x9@example.com,,,nowhere,,', /no group nowhere/],
        ['x10,x10@example.com,,,,hunter2,', /is not of argon2id/],
        [
          'x11,x11@example.com,,,,"$argon2id$v=19$m=4194304,t=3,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",',
          /too much memory/,
        ],
        ['x12,x12@example.com,,,,,2001-01-01', /has passed/],
        ['x13,x13@example.com,,,,,soon', /no day such as/],
        ['x14,x14@example.com,,guest,,,2099-01-01', /days away/],
      ]
      for (const [row, problem] of rows) assert.match((await problemsOf(row)).join(' '), problem, row)
      const preview = await look(csv('ok1,ok1@example.com,,,,,', ...rows.map(([row]) => row)))
      assert.deepEqual([preview.total, preview.leftOut], [15, 14])
      const twice = await look(csv('d1,d1@example.com,,,,,', 'D1,d2@example.com,,,,,', 'd3,D1@example.com,,,,,'))
      assert.deepEqual(
        twice.rows.map(({ problems }) => problems[0] ?? ''),
        ['Row 1 has the same name.', 'Row 1 has the same address.', ''],
      )
      await refused(ana.call('POST', '/people/import', csv('x,x,,,,,')), 422, 'invalid-input')
    })

    test('names that hide, turn round or run are cleaned', async () => {
      const preview = await look(
        csv(`f1,f1@example.com,"=cmd|' /C calc'!A0",,,,`, 'f2,f2@example.com,"Ana\u202Egnp.exe\u200b",,,,'),
      )
      assert.deepEqual(
        preview.rows.map(({ displayName }) => displayName),
        ["cmd|' /C calc'!A0", 'Anagnp.exe'],
      )
      for (const { notes } of preview.rows) assert.match(notes[0] ?? '', /was cleaned/)
    })

    test('an administrator gives no role above their own, nor puts anybody into what gives one or is a directory’s', async () => {
      const ben = await postern.join(ana, 'ben', 'admin')
      for (const role of ['owner', 'admin'])
        assert.match((await problemsOf(`r1,r1@example.com,,${role},,,`, ben)).join(' '), /Only an owner/)
      await refused(ben.call('POST', '/people/import', csv('r1,r1@example.com,,owner,,,')), 422, 'invalid-input')
      await ana.act('POST', '/groups', { name: 'rulers', description: '' })
      await ana.act('PATCH', '/groups/rulers', { organisationRole: 'admin' })
      assert.match((await problemsOf('r1,r1@example.com,,,rulers,,', ben)).join(' '), /rulers gives a role/)
      await postern.postern.ceremonies.database.write((tx) =>
        tx
          .updateTable('userGroup')
          .set({ organisationRole: null, managedBy: 'dir_x' })
          .where('name', '=', 'rulers')
          .execute(),
      )
      assert.match(
        (await problemsOf('r1,r1@example.com,,,rulers,,')).join(' '),
        /directory keeps the members of rulers/,
      )
      const mel = await postern.join(ana, 'mel')
      for (const path of ['/people/import', '/people/import/preview'])
        await refused(mel.call('POST', path, csv('r2,r2@example.com,,,,,')), 403, 'not-allowed')
    })

    test('the tap is for exactly this list', async () => {
      const asked = await refused(
        ana.call('POST', '/people/import', csv('t1,t1@example.com,,,,,')),
        401,
        'seal-required',
      )
      const seal = await ana.tap(asked.sealRequestId ?? '')
      const other = csv('t2,t2@example.com,,owner,,,')
      await assert.rejects(ana.call('POST', '/people/import', other, { 'postern-seal': seal }))
      assert.deepEqual(await problemsOf('t2,t2@example.com,,,,,'), [])
    })

    test('more than one batch, and once more: who is there stays as they are', async () => {
      const rows = Array.from({ length: 250 }, (_, index) => `many${index},many${index}@example.com,,,movers,${hash},`)
      const done = await carryOut(csv(...rows))
      assert.deepEqual([done.created, done.passwords, done.leftOut.length], [250, 250, 0])
      await refused(ana.call('POST', '/people/import', csv(...rows)), 422, 'invalid-input')
      const again = await carryOut(csv(...rows, 'late,late@example.com,,,,,'))
      assert.deepEqual([again.created, again.leftOut.length], [1, 250])
      await byPassword(postern, 'many249')
    })

    for (const [how, less] of [
      ['gone', { state: 'ended' }],
      ['less', { role: 'member' }],
    ] as const)
      test(`what is left of a list is not imported when whoever does it is ${how}`, async () => {
        await postern.join(ana, `bo-${how}`, 'admin')
        const { database, policy, now } = postern.postern.ceremonies
        const bo = (await findUserByUsername(database.read, `bo-${how}`)) ?? assert.fail()
        const rows = Array.from({ length: 150 }, (_, row) => ({
          row,
          cells: { username: `${how}${row}`, email: `${how}${row}@example.com` },
        }))
        const caller = { ...bo, address: '127.0.0.1', by: { kind: 'session' } } as unknown as Caller
        const planned = await planImport(database.read, rows, { caller, policy: policy.current(), at: now() })
        let batches = 0
        const parts = {
          database: {
            ...database,
            async write<Result>(work: Parameters<typeof database.write<Result>>[0]): Promise<Result> {
              if ((batches += 1) === 2)
                await database.write((tx) => tx.updateTable('user').set(less).where('id', '=', bo.id).execute())
              return database.write(work)
            },
          },
          origin: postern.origin,
          queueLetter: null,
        }
        const seal = { id: 'sea_x', strength: 'passkey', credentialRecordId: 'crd_x' } as const
        const act = { caller, now, takeSeal: async () => seal }
        await assert.rejects(importPeople(parts, act, { planned, text: '' }), { status: 403 })
        const made = await database.read.selectFrom('user').select('id').where('createdBy', '=', bo.id).execute()
        assert.equal(made.length, 100)
      })

    test('a group that comes to give a role, or goes, during an import takes in nobody from then on', async () => {
      const { database, policy, now } = postern.postern.ceremonies
      for (const name of ['rises', 'goes']) await ana.act('POST', '/groups', { name, description: '' })
      const rows = Array.from({ length: 102 }, (_, row) => {
        const username = `late${row}`
        const groups = row % 2 === 0 ? 'rises' : 'goes'
        return { row, cells: { username, email: `${username}@example.com`, groups } }
      })
      const owner = (await findUserByUsername(database.read, 'ana')) ?? assert.fail()
      const caller = { ...owner, address: '127.0.0.1', by: { kind: 'session' } } as unknown as Caller
      const planned = await planImport(database.read, rows, { caller, policy: policy.current(), at: now() })
      let batches = 0
      const write: typeof database.write = async (work) => {
        if ((batches += 1) === 2) {
          await ana.act('PATCH', '/groups/rises', { organisationRole: 'admin' })
          await ana.act('DELETE', '/groups/goes')
        }
        return database.write(work)
      }
      const parts = { database: { ...database, write }, origin: postern.origin, queueLetter: null }
      const seal = { id: 'sea_x', strength: 'passkey', credentialRecordId: 'crd_x' } as const
      const done = await importPeople(parts, { caller, now, takeSeal: async () => seal }, { planned, text: '' })
      assert.deepEqual(
        [done.created, done.leftOut.map(({ username, problems }) => [username, ...problems])],
        [
          100,
          [
            ['late100', 'The group rises gives a role by now: put people in by hand.'],
            ['late101', 'The group goes is not here any more.'],
          ],
        ],
      )
    })
  })

test('where mail is set up, links go out by letter and are shown to nobody', async () => {
  await using mail = await startMailServer()
  const flags = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'git@example.com']
  await using postern = await startPostern({ flags })
  const ana = await postern.owner()
  const list = csv('zoe,zoe@example.com,Zoe New,,,,')
  assert.equal((await ana.call<ImportPreview>('POST', '/people/import/preview', list)).byMail, true)
  const done = await ana.act<ImportDone>('POST', '/people/import', list)
  assert.deepEqual([done.created, done.links], [1, []])
  const letter = await postern.postern.ceremonies.database.read
    .selectFrom('letter')
    .selectAll()
    .where('kind', '=', 'invitation')
    .executeTakeFirstOrThrow()
  assert.match(JSON.stringify(letter), /zoe@example\.com/)
  assert.match(JSON.stringify(letter), /as a member/)
})
