import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { armorSshsig, sshsigBlob } from '../src/protocols/sshsig/sshsig.ts'
import { insertGpgsig } from '../src/protocols/sshsig/commit-signature.ts'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import type { BranchRule } from '../src/repositories/branch-rule.ts'
import { revokeKey } from '../src/repositories/revoked-keys.ts'
import type { CommitView, TagView } from '../src/repositories/shapes.ts'
import type { PullRequestView } from '../src/pull-requests/shapes.ts'
import { git as stockGit } from '../src/walk/git.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { refused } from './support/refusal.ts'
import { type Signer, signWith } from './support/signing.ts'
import { type SshAgent, startSshAgent } from './support/ssh-agent.ts'
import { addSshKey } from './support/ssh-keys.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`signed commits, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let held: Repository
    let agent: SshAgent
    let byStick: Signer
    let byFile: Signer
    const stick = new TestSshKey('sk-ssh-ed25519@openssh.com', { comment: 'stick' })
    const file = new TestSshKey('ecdsa-sha2-nistp384', { comment: 'file' })
    const unknown = new TestSshKey('ssh-ed25519', { comment: 'unknown' })
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      held = await makeHeld(postern, ana, 'payments/api')
      agent = await startSshAgent(stick, file, unknown)
      byStick = signWith(agent, stick, held)
      byFile = signWith(agent, file, held)
      await addSshKey(ana, stick, { name: 'stick' })
      await addSshKey(ana, file, { name: 'file' })
    })
    after(async () => {
      await agent[Symbol.asyncDispose]()
      await postern[Symbol.asyncDispose]()
    })

    const look = (oid: string): Promise<CommitView> => ana.call('GET', `${held.path}/commits/${oid}`)
    /** A commit object with these bytes, on a branch of the server. */
    const plant = async (bytes: Buffer, branch: string): Promise<string> => {
      const name = join(held.work, '..', `object-${branch}`)
      await writeFile(name, bytes)
      const oid = await held.git('hash-object', '-w', '-t', 'commit', name)
      await held.git('push', '--quiet', 'origin', `${oid}:refs/heads/${branch}`)
      return oid
    }
    const unsigned = async (message: string): Promise<Buffer> => {
      const tree = await held.git('rev-parse', 'HEAD^{tree}')
      const who = 'Ana <ana@example.com> 1790000000 +0000'
      return Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\n${message}\n`)
    }
    const signature = (key: TestSshKey, bytes: Buffer, namespace = 'git'): string =>
      armorSshsig({ publicKey: key.publicKey, namespace, signature: key.sign(sshsigBlob(namespace, bytes)) })

    describe('are shown with who signed them and with what', () => {
      const badge = async (oid: string): Promise<[string | undefined, string | undefined]> => {
        const { signature: shown } = await look(oid)
        return [shown?.state, shown?.label]
      }

      test('a touch, a PIN, a key in a file, and nobody’s key', async () => {
        await held.git('switch', '--quiet', '--create', 'shown')
        const touched = await byStick.commit('touched')
        stick.verification = true
        const withPin = await byStick.commit('pin')
        stick.verification = false
        const inFile = await byFile.commit('file')
        const foreign = await signWith(agent, unknown, held).commit('unknown')
        const plain = await held.commit('plain.txt')
        await held.git('push', '--quiet', 'origin', 'shown')
        const owner = 'Signed with Ana Example’s'
        assert.deepEqual(await badge(touched), ['registered', `${owner} security key “stick”, touched`])
        assert.deepEqual(await badge(withPin), ['registered', `${owner} security key “stick”, touched, with PIN`])
        assert.deepEqual(await badge(inFile), ['registered', `${owner} SSH key “file” (a file)`])
        assert.deepEqual(await badge(foreign), ['unregistered', 'Signed, by a key nobody registered here'])
        assert.equal((await look(plain)).signature, null)
        const { items } = await ana.call<{ items: CommitView[] }>('GET', `${held.path}/commits?ref=shown`)
        assert.deepEqual(
          items.slice(0, 5).map(({ signature: shown }) => shown?.state),
          [undefined, 'unregistered', 'registered', 'registered', 'registered'],
        )
      })

      test('says where the commit names somebody else as its committer', async () => {
        const own = await byFile.commit('own')
        const other = await signWith(agent, file, held, 'bo@example.com').commit('other')
        await held.git('push', '--quiet', 'origin', 'shown')
        const shown = (await look(other)).signature
        assert.equal(shown?.isOwnAddress, false)
        assert.match(shown.remarks.join(), /names bo@example\.com as its committer, which is not an address of Ana/)
        assert.equal((await look(own)).signature?.isOwnAddress, true)
      })

      test('GPG as it is, unjudged', async () => {
        const gpg = '-----BEGIN PGP SIGNATURE-----\n\nwsBcBAABCAAQBQJl\n=abcd\n-----END PGP SIGNATURE-----\n'
        const oid = await plant(insertGpgsig(await unsigned('gpg'), gpg), 'gpg')
        assert.deepEqual(await badge(oid), ['unjudged', 'GPG signature, not judged here'])
      })

      test('attacks as what they are', async () => {
        const bytes = await unsigned('attack')
        const amended = Buffer.from(
          insertGpgsig(bytes, signature(file, bytes)).toString().replaceAll('author Ana', 'author Bob'),
        )
        assert.deepEqual(await badge(await plant(amended, 'amended')), ['broken', 'Signature does not match'])
        const elsewhere = insertGpgsig(bytes, signature(file, bytes, 'file'))
        const read = await look(await plant(elsewhere, 'elsewhere'))
        assert.deepEqual([read.signature?.state, read.signature?.by], ['broken', null])
        const twice = insertGpgsig(insertGpgsig(bytes, signature(unknown, bytes)), signature(file, bytes))
        assert.equal((await badge(await plant(twice, 'twice')))[0], 'broken')
        const inMessage = Buffer.concat([bytes, Buffer.from(`\ngpgsig ${signature(file, bytes)}`)])
        assert.equal((await look(await plant(inMessage, 'in-message'))).signature, null)
        stick.presence = false
        const untouched = insertGpgsig(bytes, signature(stick, bytes))
        stick.presence = true
        assert.deepEqual(await badge(await plant(untouched, 'untouched')), [
          'doubtful',
          'Signed with Ana Example’s security key “stick”, not touched',
        ])
      })

      test('tags by their own signature', async () => {
        assert.equal((await byStick.git('tag', '--sign', '-m', 'First', 'v1')).code, 0)
        assert.equal((await byStick.git('tag', '-m', 'Second', 'v2')).code, 0)
        await held.git('push', '--quiet', 'origin', 'v1', 'v2', 'v1:refs/tags/v1-again')
        const { items } = await ana.call<{ items: TagView[] }>('GET', `${held.path}/tags`)
        const found = Object.fromEntries(
          items.map(({ name, message, signature: own }) => [name, [message, own?.state, own?.label]]),
        )
        const label = 'Signed with Ana Example’s security key “stick”, touched'
        assert.deepEqual(found, {
          v1: ['First', 'registered', label],
          // Anybody who may push can give it this name; she signed the other.
          'v1-again': ['First', 'doubtful', label],
          v2: ['Second', undefined, undefined],
        })
      })

      test('a key that ended: what came before stands, what comes later does not', async () => {
        const leaving = new TestSshKey('ssh-ed25519', { comment: 'leaving' })
        agent.held.push({ key: leaving })
        const { id } = await addSshKey(ana, leaving, { name: 'leaving' })
        const signer = signWith(agent, leaving, held)
        const early = await signer.commit('early')
        await held.git('push', '--quiet', 'origin', 'shown')
        await ana.act('DELETE', `/me/ssh-keys/${id}`)
        // With the date of yesterday, which anybody can write.
        const late = await signer.commit('late', '--date', '2020-01-01T00:00:00Z')
        await held.git('push', '--quiet', 'origin', 'shown')
        const [before, since] = [(await look(early)).signature, (await look(late)).signature]
        assert.deepEqual([before?.state, since?.state], ['registered', 'doubtful'])
        assert.match(before?.remarks.join() ?? '', /has ended since/)
        assert.match(since?.remarks.join() ?? '', /had ended before this came here/)
      })

      test('keys that ended one after the other, and a tag that came too late', async () => {
        const keys = [1, 2].map((number) => new TestSshKey('ssh-ed25519', { comment: `gone-${number}` }))
        const ids: string[] = []
        for (const key of keys) {
          agent.held.push({ key })
          ids.push((await addSshKey(ana, key, { name: key.comment })).id)
        }
        const [one, two] = keys.map((key) => signWith(agent, key, held)) as [Signer, Signer]
        const both = async (round: number): Promise<string[]> => {
          const made = [await one.commit(`one-${round}`), await two.commit(`two-${round}`)]
          assert.equal((await two.git('tag', '--sign', '-m', 'Round', `round-${round}`)).code, 0)
          await held.git('push', '--quiet', 'origin', 'rounds', `round-${round}`)
          return made
        }
        await held.git('switch', '--quiet', '--create', 'rounds', 'main')
        const rounds = [await both(0)]
        for (const id of ids) {
          await ana.act('DELETE', `/me/ssh-keys/${id}`)
          rounds.push(await both(rounds.length))
        }
        const path = `${held.path}/commits?ref=rounds`
        const { items } = await ana.call<{ items: CommitView[] }>('GET', path)
        const states = new Map(items.map(({ oid, signature: own }) => [oid, own?.state]))
        assert.deepEqual(
          rounds.map((made) => made.map((oid) => states.get(oid))),
          [
            ['registered', 'registered'],
            ['doubtful', 'registered'],
            ['doubtful', 'doubtful'],
          ],
        )
        const { items: tags } = await ana.call<{ items: TagView[] }>('GET', `${held.path}/tags`)
        const rest = tags
          .filter(({ name }) => name.startsWith('round-'))
          .map(({ name, signature: own }) => [name, own?.state])
        assert.deepEqual(Object.fromEntries(rest), {
          'round-0': 'registered',
          'round-1': 'registered',
          'round-2': 'doubtful',
        })
      })
    })

    describe('written on a page, and signed by a tap', () => {
      interface Made {
        oid: string
        pullRequest: number | null
      }
      let own: Repository
      before(async () => {
        own = await makeHeld(postern, ana, 'payments/written')
      })
      /** What the page of the editor sends. */
      const wantedOn = async (newBranch: string | undefined, more = {}) => ({
        branch: 'main',
        expectedHead: await own.tip('main'),
        ...(newBranch === undefined ? {} : { newBranch, pullRequest: true }),
        message: 'Mend it\n\nAs people asked.',
        changes: [{ action: 'add', path: `${newBranch}.txt`, content: 'x\n' }],
        sign: true,
        ...more,
      })
      const url = () => `${own.path}/commits`
      const tapFor = async (wanted: object, person = ana): Promise<string> => {
        const asked = await person.call('POST', url(), wanted).catch((error: unknown) => error)
        assert.ok(asked instanceof ApiError && asked.problem.sealRequestId !== undefined, String(asked))
        return person.tap(asked.problem.sealRequestId)
      }
      const send = (wanted: object, seal: string, person = ana, to = url()): Promise<Made> =>
        person.call('POST', to, wanted, { 'postern-seal': seal })
      const lastRequest = () =>
        postern.postern.ceremonies.database.read
          .selectFrom('sealRequest')
          .selectAll()
          .orderBy('createdAt', 'desc')
          .limit(1)
          .executeTakeFirstOrThrow()

      test('it lands where only signed commits are taken, without a key over SSH, and stock git says whose it is', async () => {
        await own.setRule('main', { signedCommits: true })
        const path = (number: number | null) => `${own.path}/pull-requests/${number}`
        const merge = async (number: number | null): Promise<void> => {
          const { sealRequestId } = await ana.call<{ sealRequestId: string }>(
            'POST',
            `${path(number)}/merge-preparation`,
            { method: 'merge' },
          )
          const seal = await ana.tap(sealRequestId)
          await ana.call('POST', `${path(number)}/merge`, { method: 'merge' }, { 'postern-seal': seal })
        }
        const start = await ana.call<{ mustSign: string | null }>('GET', `${own.path}/edit?ref=main`)
        assert.equal(start.mustSign, 'main takes only signed commits, so your tap signs this one.')
        const plain = await ana.call<Made>('POST', url(), await wantedOn('plain', { sign: false }))
        const said = await refused(merge(plain.pullRequest), 409, 'unsigned-commits')
        assert.match(said.help ?? '', /Squash them/)
        const { oid, pullRequest } = await ana.act<Made>('POST', url(), await wantedOn('signed'))
        assert.deepEqual(
          (JSON.parse((await lastRequest()).facts) as { rows: { label: string; value: string }[] }).rows
            .slice(0, 4)
            .map(({ label, value }) => [label, value]),
          [
            ['Repository', 'payments/written'],
            ['New branch', 'signed'],
            ['Message', 'Mend it\n\nAs people asked.'],
            ['Files', 'add signed.txt'],
          ],
        )
        const { signature: shown, proof } = await ana.call<CommitView>('GET', `${own.path}/commits/${oid}`)
        assert.deepEqual([shown?.state, shown?.by?.username, proof], ['registered', 'ana', null])
        assert.match(shown?.label ?? '', /^Signed with Ana Example’s passkey “.*”, by a tap here$/)
        // Who counts merges by taps counts none here.
        const events = await postern.postern.ceremonies.database.read
          .selectFrom('auditEvent')
          .select('leaf')
          .where('action', 'in', ['ref.created', 'ref.updated'])
          .execute()
        const facts = events.map(({ leaf }) => (JSON.parse(leaf) as { facts: Record<string, string> }).facts)
        assert.equal(facts.find(({ newOid }) => newOid === oid)?.['tapFor'], 'writing')
        const { items } = await ana.call<{ items: CommitView[] }>('GET', `${own.path}/commits?ref=signed`)
        assert.deepEqual(
          items.map(({ signature }) => signature?.state),
          ['registered', undefined],
        )
        await merge(pullRequest)
        await own.git('fetch', '--quiet', 'origin', 'main', 'refs/postern/*:refs/postern/*')
        const signers = join(postern.folder, 'allowed-signers-of-edits')
        await writeFile(signers, `${await own.git('show', 'refs/postern/signers:allowed_signers')}\n`)
        const stock = await stockGit(own.work, ['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', oid])
        assert.match(stock.stderr, /Good "git" signature for ana@localhost/)
      })

      test('attacks: another branch, file, message, repository or person; a second use; a branch that moved', async () => {
        await own.setRule('main', {})
        const ben = await postern.join(ana, 'ben')
        await ana.act('PUT', `${own.path}/members/user/ben`, { role: 'write' })
        const wanted = await wantedOn('attacked')
        const seal = await tapFor(wanted)
        await refused(send({ ...wanted, newBranch: 'elsewhere' }, seal), 409, 'seal-mismatch')
        await refused(send({ ...wanted, message: 'Another' }, seal), 409, 'seal-mismatch')
        const other = [{ action: 'add', path: 'attacked.txt', content: 'y\n' }]
        await refused(send({ ...wanted, changes: other }, seal), 409, 'seal-mismatch')
        await refused(send(wanted, seal, ben), 409, 'seal-spent')
        const copy = await makeHeld(postern, ana, 'payments/copied')
        await own.git('push', '--quiet', copy.url, `${wanted.expectedHead}:refs/heads/copied`)
        const there = send({ ...wanted, branch: 'copied' }, seal, ana, `${copy.path}/commits`)
        await refused(there, 409, 'seal-mismatch')
        const tag = { name: 'v1', target: wanted.expectedHead, message: '' }
        await refused(ana.call('POST', `${own.path}/tags`, tag, { 'postern-seal': seal }), 409, 'seal-mismatch')
        const [one, two] = await Promise.allSettled([send(wanted, seal), send(wanted, seal)])
        assert.ok([one, two].some(({ status }) => status === 'fulfilled'))
        // The answer to it may be lost on its way: it is the same commit and pull request again, and nothing else.
        const again = await send(wanted, seal)
        assert.equal(again.oid, await own.tip('attacked'))
        await refused(send({ ...wanted, newBranch: 'late' }, seal), 409, 'seal-spent')

        const direct = { ...(await wantedOn(undefined)), branch: 'attacked', expectedHead: again.oid }
        const stale = await tapFor(direct)
        await ana.call('POST', url(), { ...direct, sign: false, message: 'Meanwhile' })
        const moved = await refused(send(direct, stale), 409, 'branch-moved')
        assert.match(moved.help ?? '', /Propose your change on a new branch/)
        assert.equal((await ana.act<Made>('POST', url(), { ...direct, newBranch: 'fresh' })).pullRequest, null)
        const token = await ana.makeToken('writes', ['repository:write'])
        const byToken = (sign: boolean) =>
          fetch(`${postern.origin}/api/v1${url()}`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ ...wanted, newBranch: `token-${sign}`, sign }),
          })
        assert.deepEqual([(await byToken(true)).status, (await byToken(false)).status], [403, 200])
        await refused(
          ana.call('POST', url(), {
            ...wanted,
            newBranch: 'x',
            changes: [{ action: 'add', path: '.git/x', content: '' }],
          }),
          422,
          'invalid-input',
        )
      })

      test('a revert and a suggestion are signed in the same way, and each for itself alone', async () => {
        const isSigned = async (branch: string): Promise<string[]> => {
          const { items } = await ana.call<{ items: CommitView[] }>('GET', `${own.path}/commits?ref=${branch}`)
          return [items[0]?.signature?.state ?? 'none', items[0]?.authorName ?? '', items[0]?.subject ?? '']
        }
        const { items } = await ana.call<{ items: { number: number }[] }>(
          'GET',
          `${own.path}/pull-requests?state=merged`,
        )
        const revert = `${own.path}/pull-requests/${items[0]?.number}/revert?sign=true`
        const asked = await ana.call('POST', revert).catch((error: unknown) => error)
        assert.ok(asked instanceof ApiError && asked.problem.sealRequestId !== undefined, String(asked))
        const seal = await ana.tap(asked.problem.sealRequestId)
        await refused(
          ana.call('POST', url(), await wantedOn('by-revert'), { 'postern-seal': seal }),
          409,
          'seal-mismatch',
        )
        const { sourceBranch } = await ana.call<PullRequestView>('POST', revert, undefined, { 'postern-seal': seal })
        assert.deepEqual((await isSigned(sourceBranch)).slice(0, 2), ['registered', 'Ana Example'])

        const { pullRequest: number } = await ana.act<Made>('POST', url(), await wantedOn('suggested'))
        const pull = `${own.path}/pull-requests/${number}`
        const { headOid } = await ana.call<PullRequestView>('GET', pull)
        const { comments } = await ana.call<{ comments: { id: string }[] }>('POST', `${pull}/threads`, {
          path: 'suggested.txt',
          side: 'head',
          line: 1,
          headOid,
          body: '```suggestion\ny\n```',
          isDraft: false,
        })
        await ana.act('POST', `${pull}/comments/${comments[0]?.id}/apply?sign=true`)
        assert.deepEqual(await isSigned('suggested'), [
          'registered',
          'Ana Example',
          'Apply a suggestion of ana to suggested.txt',
        ])
      })

      test('on a protected branch it is nobody’s proof, and by a passkey in wrong hands it counts for nothing', async () => {
        const { database } = postern.postern.ceremonies
        const { oid } = await ana.act<Made>('POST', url(), await wantedOn('slipped'))
        await own.git('fetch', '--quiet', 'origin', 'slipped')
        // As if it had come onto main by a way that there is not.
        const row = await own.lastUpdate('refs/heads/slipped')
        const slipped = { ...row, id: `${row.id}x` as typeof row.id, ref: 'refs/heads/main', sealId: null }
        await database.write((tx) =>
          tx
            .insertInto('refUpdate')
            .values({ ...slipped, commitBytes: null })
            .execute(),
        )
        const look = () => ana.call<CommitView>('GET', `${own.path}/commits/${oid}`)
        assert.equal((await look()).proof?.state, 'unproven')
        // Nor with the tap by which it was written.
        const { sealId } = row
        await database.write((tx) => tx.updateTable('refUpdate').set({ sealId }).where('id', '=', slipped.id).execute())
        assert.equal((await look()).proof?.state, 'unproven')
        const { credentialRecordId } = await database.read
          .selectFrom('seal')
          .select('credentialRecordId')
          .where('id', '=', row.sealId ?? assert.fail())
          .executeTakeFirstOrThrow()
        await database.write((tx) => revokeKey(tx, credentialRecordId, Date.now()))
        const { signature: lost } = await look()
        assert.equal(lost?.state, 'doubtful')
        assert.match(lost.remarks.join(), /may be in wrong hands/)
        await database.write((tx) => tx.deleteFrom('revokedKey').execute())
        await database.write((tx) => tx.deleteFrom('standingSeal').execute())
      })
    })

    describe('where a branch takes no others', () => {
      const rule: Partial<BranchRule> = {
        push: 'tap-or-signed',
        signedCommits: true,
        methods: ['merge', 'squash', 'fast-forward'],
      }
      const propose = async (branch: string): Promise<string> => {
        await held.git('push', '--quiet', 'origin', branch)
        const made = await ana.call<{ number: number }>('POST', `${held.path}/pull-requests`, {
          title: branch,
          description: '',
          sourceBranch: branch,
          targetBranch: 'main',
        })
        return `${held.path}/pull-requests/${made.number}`
      }
      const merge = async (path: string, method: string): Promise<{ mergeOid: string }> => {
        const { sealRequestId } = await ana.call<{ sealRequestId: string }>('POST', `${path}/merge-preparation`, {
          method,
        })
        const seal = await ana.tap(sealRequestId)
        return ana.call('POST', `${path}/merge`, { method }, { 'postern-seal': seal })
      }
      before(async () => {
        await held.git('switch', '--quiet', 'main')
        await held.setRule('main', rule)
      })
      const attempt = async (...args: string[]): Promise<{ code: number | null; screen: string; why: string }> => {
        const count = (await held.refusals()).length
        stick.verification = true
        const { code, screen } = await byStick.push(...args).ended
        stick.verification = false
        const found = await held.refusals()
        return { code, screen, why: found.length > count ? (found.at(-1)?.code ?? '') : '' }
      }

      test('a push of signed ones lands, of others it is told which, and what helps', async () => {
        const signed = await byFile.commit('one')
        assert.equal((await attempt('main')).code, 0)
        assert.equal(await held.tip('main'), signed)
        const plain = await held.commit('plain-1.txt')
        await byFile.commit('two')
        const { why, screen } = await attempt('main')
        assert.equal(why, 'unsigned-commits', screen)
        assert.match(screen, /main takes only commits signed by a registered key\./)
        assert.ok(screen.includes(`${plain.slice(0, 10)}: not signed`), screen)
        assert.match(screen, /git rebase --exec 'git commit --amend --no-edit -S' origin\/main/)
        // What it says helps.
        const { code, text } = await byFile.git(
          'rebase',
          '--exec',
          'git commit --quiet --amend --no-edit -S',
          'origin/main',
        )
        assert.equal(code, 0, text)
        assert.equal((await attempt('main')).code, 0)
      })

      test('attacks: by another branch, by the second parent, by nobody’s key, by an amended author', async () => {
        const start = await held.git('rev-parse', 'main')
        await held.commit('side.txt')
        assert.equal((await attempt('HEAD:side')).code, 0)
        assert.equal((await attempt('HEAD:main')).why, 'unsigned-commits')
        const side = await held.git('rev-parse', 'HEAD')
        await held.git('reset', '--quiet', '--hard', start)
        assert.equal((await byFile.git('merge', '--quiet', '--no-ff', '-S', '-m', 'Merge', side)).code, 0)
        const hidden = await attempt('HEAD:main')
        assert.equal(hidden.why, 'unsigned-commits')
        assert.ok(hidden.screen.includes(side.slice(0, 10)))
        await held.git('reset', '--quiet', '--hard', start)
        await signWith(agent, unknown, held).commit('foreign')
        assert.match((await attempt('HEAD:main')).screen, /signed by a key nobody registered here/)
        await held.git('reset', '--quiet', '--hard', start)
        await byFile.commit('mine')
        const raw = (await stockGit(held.work, ['cat-file', 'commit', 'HEAD'])).stdout
        const forged = await plant(Buffer.from(raw.replace('author Ana', 'author Bob')), 'forged')
        assert.match((await attempt(`${forged}:main`)).screen, /its signature does not match/)
        await held.git('reset', '--quiet', '--hard', start)
      })

      test('a tag on it brings nothing onto it', async () => {
        await held.git('tag', 'unsigned')
        assert.equal((await attempt('unsigned')).code, 0)
      })

      test('ten thousand unsigned commits are refused by the first few', async () => {
        const who = 'Ana <ana@example.com> 1790000000 +0000'
        const commits = Array.from({ length: 10_000 }, (_, index) =>
          index === 0
            ? `commit refs/heads/many\ncommitter ${who}\ndata 1\nx\nfrom refs/heads/main^0\n`
            : `commit refs/heads/many\ncommitter ${who}\ndata 1\nx\n`,
        )
        const made = spawnSync('git', ['fast-import', '--quiet'], { cwd: held.work, input: commits.join('') })
        assert.equal(made.status, 0, made.stderr.toString())
        const { why, screen } = await attempt('many:main')
        assert.equal(why, 'unsigned-commits')
        assert.equal(screen.match(/: not signed/g)?.length, 5)
      })

      test('a merge brings only signed ones; a squash is signed by its tap; a rebase loses signatures', async () => {
        await held.git('switch', '--quiet', '--create', 'mixed', 'main')
        const plain = await held.commit('mixed.txt')
        await byFile.commit('signed')
        const path = await propose('mixed')
        const view = await ana.call<PullRequestView>('GET', path)
        const refusals = Object.fromEntries(view.methods.map(({ method, refusal }) => [method, refusal]))
        assert.match(refusals['merge'] ?? '', /takes only commits signed by a registered key\./)
        assert.match(refusals['fast-forward'] ?? '', /takes only commits signed by a registered key/)
        assert.equal(refusals['squash'], null)
        const said = await refused(merge(path, 'merge'), 409, 'unsigned-commits')
        assert.ok(said.detail?.includes(plain.slice(0, 10)))
        await refused(merge(path, 'fast-forward'), 409, 'unsigned-commits')
        await refused(merge(path, 'rebase'), 409, 'method-refused')
        const { mergeOid } = await merge(path, 'squash')
        assert.equal(await held.tip('main'), mergeOid)

        // What a tap made here counts as signed where it comes along.
        await held.git('fetch', '--quiet', 'origin', 'main')
        await held.git('switch', '--quiet', '--force-create', 'main', 'origin/main')
        await held.git('switch', '--quiet', '--create', 'clean')
        await byStick.commit('clean')
        const clean = await propose('clean')
        const ready = await ana.call<PullRequestView>('GET', clean)
        assert.ok(JSON.stringify(ready).includes('Every commit is signed by a registered key'))
        assert.match((await merge(clean, 'merge')).mergeOid, /^[0-9a-f]{40}$/)
      })

      test('a tap counts as a signature in its own repository alone, and not by a passkey in wrong hands', async () => {
        const { database } = postern.postern.ceremonies
        const other = await makeHeld(postern, ana, 'payments/elsewhere')
        await held.git('push', '--quiet', 'origin', 'main:refs/heads/copy')
        await held.git('push', '--quiet', other.url, 'main:refs/heads/copy')
        for (const { path } of [held, other]) await ana.act('POST', `${path}/protected-branches`, { branch: 'copy' })
        const counted = async ({ path }: Repository): Promise<string | undefined> => {
          const at = `${path}/protected-branches/copy/rule`
          const { rule: before } = await ana.call<{ rule: BranchRule }>('GET', at)
          for (const signedCommits of [false, true])
            await ana.act('PUT', at, { ...before, stockVerifiableOnly: false, signedCommits })
          const { facts } = await database.read
            .selectFrom('sealRequest')
            .select('facts')
            .orderBy('createdAt', 'desc')
            .limit(1)
            .executeTakeFirstOrThrow()
          return /on copy, (\w+) (?:is|are) signed/.exec(facts)?.[1]
        }
        const { sealId } = await database.read
          .selectFrom('refUpdate')
          .select('sealId')
          .where('newOid', '=', await held.tip('main'))
          .where('commitBytes', 'is not', null)
          .executeTakeFirstOrThrow()
        const { credentialRecordId } = await database.read
          .selectFrom('seal')
          .select('credentialRecordId')
          .where('id', '=', sealId ?? assert.fail())
          .executeTakeFirstOrThrow()
        const [here, there] = [await counted(held), await counted(other)]
        assert.ok(here !== undefined && there !== undefined && here !== there, `${here} here, ${there} there`)
        await database.write((tx) => revokeKey(tx, credentialRecordId, Date.now()))
        assert.equal(await counted(held), there)
        await database.write((tx) => tx.deleteFrom('revokedKey').execute())
      })

      test('the rule says before it is saved how it is with the last commits', async () => {
        const other = await makeHeld(postern, ana, 'payments/web')
        const path = `${other.path}/protected-branches/main/rule`
        const { rule: before } = await ana.call<{ rule: BranchRule }>('GET', path)
        const body = { ...before, stockVerifiableOnly: false, signedCommits: true }
        await refused(ana.act('PUT', path, { ...body, methods: ['rebase'] }), 422, 'invalid-input')
        await ana.act('PUT', path, body)
        const { rule: now } = await ana.call<{ rule: BranchRule }>('GET', path)
        assert.equal(now.signedCommits, true)
        const facts = await postern.postern.ceremonies.database.read
          .selectFrom('sealRequest')
          .select('facts')
          .orderBy('createdAt', 'desc')
          .limit(1)
          .executeTakeFirstOrThrow()
        assert.match(facts.facts, /The only commit on main is not signed by a registered key\./)
      })
    })
  })
