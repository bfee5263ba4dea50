import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Database } from '../src/database/handles.ts'
import type { Id } from '../src/database/id.ts'
import { openDatabase } from '../src/database/open.ts'
import { createUser } from '../src/identity/users.ts'
import type { Letter } from '../src/mail/letter-queue.ts'
import { parseMailSettings } from '../src/mail/mail-settings.ts'
import { createMail, type Mail } from '../src/mail/mail.ts'
import { applicant } from './support/ceremony.ts'
import { type MailServer, type MailServerOptions, startMailServer } from './support/mail-server.ts'
import { postgresDatabase } from './support/postgres.ts'
import { createPrivateCa } from './support/private-ca.ts'

const minuteMs = 60_000
const origin = 'https://git.example.com'
const added = (toUserId: Id<'usr'>): Letter => ({
  toUserId,
  kind: 'passkey-added',
  facts: { credential: 'blue', at: 0 },
})

for (const store of ['SQLite', 'PostgreSQL'])
  describe(`letters on ${store}`, () => {
    let database: Database
    let server: MailServer
    let userId: Id<'usr'>
    let clock = Date.UTC(2026, 2, 1)
    let errors: string[] = []
    before(async () => {
      database = await openDatabase(store === 'SQLite' ? 'sqlite::memory:' : await postgresDatabase())
      server = await startMailServer()
    })
    after(async () => {
      await server[Symbol.asyncDispose]()
      await database.close()
    })
    let people = 0
    beforeEach(async () => {
      errors = []
      server.refuse(undefined)
      server.letters.length = 0
      userId = await person(`ana-${(people += 1)}`)
    })

    const person = (username: string, more: { displayName?: string; email?: string; isDemo?: boolean } = {}) =>
      database.write(
        async (tx) =>
          (await createUser(tx, { ...applicant(username), role: 'member', createdBy: null, at: 1, ...more })).id,
      )
    const mailTo = (smtpUrl: string): Mail =>
      createMail({
        database,
        settings: parseMailSettings({ smtpUrl, from: 'Our Git <git@example.com>' }),
        origin,
        now: () => clock,
        onError: (error) => errors.push(error.message),
      })
    const ours = (): Mail => mailTo(`smtp://127.0.0.1:${server.port}`)
    const queue = (mail: Mail, letter: Letter): Promise<void> => database.write((tx) => mail.queue(tx, letter))
    const rowOf = (toUserId: Id<'usr'>) =>
      database.read.selectFrom('letter').selectAll().where('toUserId', '=', toUserId).executeTakeFirstOrThrow()

    test('a letter reaches its person, once, as plain text that no machine answers', async () => {
      const mail = ours()
      await queue(mail, added(userId))
      await mail.drain()
      await mail.drain()
      assert.equal(server.letters.length, 1)
      const [letter] = server.letters
      assert.equal(letter?.from, 'git@example.com')
      assert.deepEqual(letter?.to, [`ana-${people}@example.com`])
      assert.equal(letter?.headers.get('from'), 'Our Git <git@example.com>')
      assert.equal(letter?.headers.get('to'), `"ana-${people} Example" <ana-${people}@example.com>`)
      assert.equal(letter?.headers.get('subject'), 'A passkey was added to your account')
      assert.equal(letter?.headers.get('auto-submitted'), 'auto-generated')
      assert.equal(letter?.headers.get('message-id'), `<${(await rowOf(userId)).id}@git.example.com>`)
      assert.equal(letter?.headers.get('date'), 'Sun, 01 Mar 2026 00:00:00 +0000')
      assert.match(letter?.headers.get('content-type') ?? '', /^text\/plain; charset=utf-8/)
      assert.match(
        letter?.text ?? '',
        /^Hello ana-\d+ Example,\n\nThe passkey “blue” was added to your account on 1970-01-01/,
      )
      await mail.close()
    })

    test('a sent letter leaves neither its words nor an address behind', async () => {
      const mail = ours()
      await queue(mail, added(userId))
      await mail.drain()
      const row = await rowOf(userId)
      assert.equal(row.sentAt, clock)
      assert.equal(row.text, '')
      assert.doesNotMatch(JSON.stringify(row), /@|blue/)
      await mail.close()
    })

    test('a letter whose cause is rolled back was never written', async () => {
      const mail = ours()
      const failing = database.write(async (tx) => {
        await mail.queue(tx, added(userId))
        throw new Error('cut off')
      })
      await assert.rejects(failing, /cut off/)
      await mail.drain()
      assert.equal(server.letters.length, 0)
      await mail.close()
    })

    test('a refused letter is tried again after a minute, ten minutes, an hour, and then has failed', async () => {
      const mail = ours()
      server.refuse('Try later, ana@example.com\nis <over> her quota')
      await queue(mail, added(userId))
      const waits = [0, minuteMs, 10 * minuteMs, 60 * minuteMs]
      for (const [made, waitMs] of waits.entries()) {
        clock += waitMs - 1
        await mail.drain()
        if (made > 0) assert.equal((await rowOf(userId)).attempts, made, 'too early for another attempt')
        clock += 1
        await mail.drain()
        assert.equal((await rowOf(userId)).attempts, made + 1)
      }
      const row = await rowOf(userId)
      assert.equal(row.failedAt, clock)
      assert.equal(row.text, '')
      assert.match(row.lastError ?? '', /451 Try later, … is <over> her quota/)
      assert.doesNotMatch(JSON.stringify(row), /@example|\\n/)
      assert.equal(errors.length, 4)
      assert.equal((await mail.count()).failed, 1)
      assert.match((await mail.count()).lastError ?? '', /Try later/)

      server.refuse(undefined)
      clock += 24 * 60 * minuteMs
      await mail.drain()
      assert.equal(server.letters.length, 0)
      await mail.close()
    })

    test('a letter refused once arrives at the second attempt, with the same Message-ID', async () => {
      const mail = ours()
      server.refuse('busy')
      await queue(mail, added(userId))
      await mail.drain()
      server.refuse(undefined)
      clock += minuteMs
      await mail.drain()
      assert.deepEqual(
        server.letters.map(({ headers }) => headers.get('message-id')),
        [`<${(await rowOf(userId)).id}@git.example.com>`],
      )
      assert.equal((await rowOf(userId)).lastError, null)
      await mail.close()
    })

    test('a server that is away, or hangs up, costs an attempt and nothing more', async () => {
      const gone = await startMailServer()
      await gone[Symbol.asyncDispose]()
      const mail = mailTo(`smtp://127.0.0.1:${gone.port}`)
      await queue(mail, added(userId))
      await mail.drain()
      assert.match((await rowOf(userId)).lastError ?? '', /ECONNREFUSED/)
      await mail.close()
      await using mute = await startMailServer({ onConnect: (_, done) => done(new Error('go away')) })
      const other = mailTo(`smtp://127.0.0.1:${mute.port}`)
      clock += minuteMs
      await other.drain()
      assert.equal((await rowOf(userId)).attempts, 2)
      assert.equal((await rowOf(userId)).sentAt, null)
      await other.close()
      await database.write((tx) => tx.deleteFrom('letter').where('toUserId', '=', userId).execute())
    })

    test('a wrong password is told to the log without the password, and the letter waits', async () => {
      await using locked = await startMailServer({ password: 'right' })
      const wrong = mailTo(`smtp://git:wrong-one@127.0.0.1:${locked.port}`)
      await queue(wrong, added(userId))
      await wrong.drain()
      assert.equal(locked.letters.length, 0)
      assert.match(errors.join(), /535/)
      assert.doesNotMatch(errors.join(), /wrong-one/)
      await wrong.close()
      clock += minuteMs
      const right = mailTo(`smtp://git:right@127.0.0.1:${locked.port}`)
      await right.drain()
      assert.deepEqual(
        locked.letters.map(({ user }) => user),
        ['git'],
      )
      await right.close()
    })

    test('a name with a line break, a quote or hidden characters stays a name', async () => {
      const nasty = 'Ana"\r\nBcc: eve@evil.example\r\n\r\n<h1>\u202ehttps://evil.example'
      const id = await person(`nasty-${people}`)
      // As another way in might write it; people's own names pass through their schema.
      await database.write((tx) => tx.updateTable('user').set({ displayName: nasty }).where('id', '=', id).execute())
      const mail = ours()
      await queue(mail, { toUserId: id, kind: 'link-made', facts: { by: nasty, at: 0 } })
      await mail.drain()
      const [letter] = server.letters
      assert.deepEqual(letter?.to, [`nasty-${people}@example.com`])
      assert.doesNotMatch(letter?.head ?? '', /^Bcc/im)
      assert.equal(letter?.headers.get('bcc'), undefined)
      assert.match(
        letter?.text ?? '',
        /^Hello Ana" Bcc: eve\[@\]evil\[\.\]example <h1>\\u\{202e\}https\[:\]\/\/evil\[\.\]example,\n/,
      )
      assert.doesNotMatch(letter?.text ?? '', /^Bcc|\u202e|https:\/\/evil|^<h1>/m)
      await mail.close()
    })

    test('an address that is a list, a group or a command gets no letter', async () => {
      const mail = ours()
      for (const [n, email] of [
        'eve@evil.example,ana@example.com',
        'a@b.c>\r\nRCPT TO:<d@e.f',
        'all:a@b.c;',
        '',
      ].entries()) {
        const id = await person(`bad-${people}-${n}`)
        await database.write((tx) => tx.updateTable('user').set({ email }).where('id', '=', id).execute())
        await queue(mail, added(id))
        await mail.drain()
        const row = await rowOf(id)
        assert.equal(row.lastError, 'nobody to send it to', email)
        assert.equal(row.failedAt, clock)
      }
      assert.equal(server.letters.length, 0)
      await mail.close()
    })

    test('an address erased, or changed, while the letter waits is not used', async () => {
      const mail = ours()
      const moved = await person(`moved-${people}`)
      await queue(mail, added(userId))
      await queue(mail, added(moved))
      await database.write(async (tx) => {
        await tx.updateTable('user').set({ email: '', displayName: '' }).where('id', '=', userId).execute()
        await tx.updateTable('user').set({ email: 'new@example.com' }).where('id', '=', moved).execute()
      })
      await mail.drain()
      assert.deepEqual(
        server.letters.map(({ to }) => to),
        [['new@example.com']],
      )
      await mail.close()
    })

    test('whoever has left, and the example people, get no letters', async () => {
      const mail = ours()
      await database.write((tx) => tx.updateTable('user').set({ state: 'ended' }).where('id', '=', userId).execute())
      await queue(mail, added(userId))
      await queue(mail, added(await person(`demo-${people}`, { isDemo: true })))
      await mail.drain()
      assert.equal(server.letters.length, 0)
      assert.equal((await mail.count()).waiting, 0)
      await mail.close()
    })

    test('a reminder goes once, whoever asks for it how often', async () => {
      const mail = ours()
      const reminder: Letter = {
        toUserId: userId,
        kind: 'enrolment-reminder',
        facts: { rule: 'Keys', needs: 'a hardware key', deadline: clock },
        dedupeKey: `enrolment:rul_x:${userId}`,
      }
      await Promise.all([queue(mail, reminder), queue(mail, reminder)])
      await mail.drain()
      await queue(mail, reminder)
      await mail.drain()
      assert.equal(server.letters.length, 1)
      await mail.close()
    })

    test('of two nodes that look at once, one sends each letter', async () => {
      const nodes = [ours(), ours()]
      for (let n = 0; n < 10; n += 1) await queue(nodes[0] ?? assert.fail(), added(userId))
      await Promise.all(nodes.map((node) => node.drain()))
      assert.equal(server.letters.length, 10)
      assert.equal(new Set(server.letters.map(({ headers }) => headers.get('message-id'))).size, 10)
      await Promise.all(nodes.map((node) => node.close()))
    })

    test('news that have waited a week are no longer sent', async () => {
      const mail = ours()
      await queue(mail, added(userId))
      clock += 7 * 24 * 60 * minuteMs
      await mail.drain()
      assert.equal(server.letters.length, 0)
      assert.equal((await rowOf(userId)).lastError, 'too old to be news')
      await mail.close()
    })

    test('an attempt broken off by the end of the server is given back, and made again by the next start', async () => {
      let arrived: () => void = () => {}
      const reached = new Promise<void>((resolve) => (arrived = resolve))
      await using silent = await startMailServer({ onMailFrom: () => arrived() })
      const mail = mailTo(`smtp://127.0.0.1:${silent.port}`)
      await queue(mail, added(userId))
      const draining = mail.drain()
      await reached
      await mail.close()
      await draining
      assert.equal((await rowOf(userId)).attempts, 0)
      const next = ours()
      await next.drain()
      assert.equal(server.letters.length, 1)
      await next.close()
    })
  })

describe('TLS to the mail server', () => {
  const ca = createPrivateCa()
  const trusted = getCACertificates('default')
  before(() => setDefaultCACertificates([...trusted, ca.cert]))
  after(() => setDefaultCACertificates(trusted))

  /** What a letter to this server comes to. */
  async function attempt(options: MailServerOptions, urlOf: (port: number) => string) {
    const database = await openDatabase('sqlite::memory:')
    await using server = await startMailServer(options)
    let error = ''
    const mail = createMail({
      database,
      settings: parseMailSettings({ smtpUrl: urlOf(server.port), from: 'git@example.com' }),
      origin,
      now: Date.now,
      onError: ({ message }) => (error = message),
    })
    await database.write(async (tx) => {
      const { id } = await createUser(tx, { ...applicant('ana'), role: 'member', createdBy: null, at: 1 })
      await mail.queue(tx, added(id))
    })
    await mail.drain()
    await mail.close()
    await database.close()
    return { letter: server.letters[0], error, connections: server.connections }
  }

  test('smtps with a certificate for this host carries letter and login', async () => {
    const { letter } = await attempt(
      { secure: true, password: 'p', ...ca.issue('localhost') },
      (port) => `smtps://u:p@localhost:${port}`,
    )
    assert.deepEqual([letter?.overTls, letter?.user], [true, 'u'])
  })

  test('smtps with a certificate of nobody, or for another host, is refused', async () => {
    const stranger = createPrivateCa().issue('localhost')
    const { error, letter } = await attempt({ secure: true, ...stranger }, (port) => `smtps://localhost:${port}`)
    assert.match(error, /certificate/)
    assert.equal(letter, undefined)
    const elsewhere = await attempt(
      { secure: true, ...ca.issue('mail.example.com') },
      (port) => `smtps://localhost:${port}`,
    )
    assert.match(elsewhere.error, /does not match/)
  })

  test('a password never leaves the machine in the clear: without STARTTLS it is not sent', async () => {
    // 0.0.0.0 leads here, but does not say so.
    const { error, letter, connections } = await attempt({ password: 'p' }, (port) => `smtp://u:p@0.0.0.0:${port}`)
    assert.match(error, /STARTTLS/)
    assert.deepEqual([letter, connections], [undefined, 1])
  })

  test('STARTTLS elsewhere is verified, and on this machine just used', async () => {
    const there = await attempt({ password: 'p', ...ca.issue('localhost') }, (port) => `smtp://u:p@0.0.0.0:${port}`)
    assert.match(there.error, /0\.0\.0\.0/)
    const here = await attempt(
      { password: 'p', ...createPrivateCa().issue('mail') },
      (port) => `smtp://u:p@localhost:${port}`,
    )
    assert.deepEqual([here.letter?.overTls, here.letter?.user], [true, 'u'])
  })
})

test('where no mail is set up, nothing is written down', async () => {
  const database = await openDatabase('sqlite::memory:')
  const mail = createMail({ database, settings: undefined, origin, now: Date.now, onError: () => assert.fail() })
  await database.write(async (tx) => {
    const { id } = await createUser(tx, { ...applicant('ana'), role: 'member', createdBy: null, at: 1 })
    await mail.queue(tx, added(id))
  })
  mail.start()
  await mail.drain()
  assert.deepEqual(await database.read.selectFrom('letter').select('id').execute(), [])
  await mail.close()
  await database.close()
})
