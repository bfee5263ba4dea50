import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { after, before, beforeEach } from 'node:test'
import type { SshCaller, SshSource } from '../../src/access-keys/ssh-credential.ts'
import { ProblemError } from '../../src/http/problem.ts'
import { createDeployKeySource } from '../../src/machines/deploy-keys/deploy-key-source.ts'
import { lookAfterDeployKeys } from '../../src/machines/deploy-keys/look-after-deploy-keys.ts'
import type { DeployKeyView, OwnDeployKey } from '../../src/machines/deploy-keys/shapes.ts'
import { parseSshPublicKey } from '../../src/protocols/ssh/public-key.ts'
import type { Person } from '../../src/walk/person.ts'
import { makeHeld, type Repository } from './held-repository.ts'
import { type MailServer, startMailServer } from './mail-server.ts'
import { type KeyFile, makeKeyFile, signFile } from './ssh-key-files.ts'
import { type StartedPostern, startPostern } from './start-postern.ts'
import type { stores } from './stores.ts'

export const dayMs = 24 * 3_600_000
export const monthly = { expiresInDays: null, rotation: { everyDays: 30, overlapDays: 7 } }
export const yearly = { expiresInDays: 365, rotation: null }

export type DeployKeys = ReturnType<typeof deployKeysOn>

/** A repository with deploy keys, for the tests of the `describe` that it is called in; days pass as they say. */
export function deployKeysOn(store: Pick<(typeof stores)[number], 'flags'>) {
  let postern: StartedPostern
  let ana: Person
  let held: Repository
  let source: SshSource
  let mail: MailServer
  let ahead = 0
  let made = 0
  const now = (): number => Date.now() + ahead
  before(async () => {
    mail = await startMailServer()
    const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'postern@example.com']
    postern = await startPostern({ flags: [...(await store.flags()), ...smtp], now })
    ana = await postern.owner()
    held = await makeHeld(postern, ana, 'pay/api')
    const { database, policy } = postern.postern.ceremonies
    source = createDeployKeySource({ database, policy, now })
  })
  after(async () => {
    await postern[Symbol.asyncDispose]()
    await mail[Symbol.asyncDispose]()
  })
  // Days pass between the tests, and sessions end.
  beforeEach(() => ana.signIn())

  const keys = (): string => `${held.path}/deploy-keys`
  const nextName = (kind: string): string => `${kind}-${(made += 1)}`
  const newKey = (): Promise<KeyFile> => makeKeyFile(postern.folder, nextName('key'))
  const add = (line: string, more: object = {}): Promise<DeployKeyView> =>
    ana.act('POST', keys(), { name: 'builds', publicKey: line, access: 'read', ...yearly, ...more })
  const list = async (): Promise<DeployKeyView[]> => (await ana.call<{ items: DeployKeyView[] }>('GET', keys())).items
  const view = async (id: string): Promise<DeployKeyView> =>
    (await list()).find((key) => key.id === id) ?? assert.fail('it is gone')
  const proven = (line: string) => {
    const { blob: publicKey, fingerprint, type } = parseSshPublicKey(line)
    return { publicKey, fingerprint, type, touch: null, certificate: null }
  }
  const comeIn = (line: string, user = 'git'): Promise<SshCaller | undefined> =>
    source.find(proven(line), { user, address: '203.0.113.7' }, now())
  const keptOut = async (line: string): Promise<string> => {
    const problem = await comeIn(line).then(
      (caller) => assert.fail(`it came in as ${caller?.username}`),
      (error: unknown) => error,
    )
    assert.ok(problem instanceof ProblemError, String(problem))
    return problem.message
  }
  const lookAfter = () =>
    lookAfterDeployKeys({ database: postern.postern.ceremonies.database, cut: async () => {}, now })
  const send = async (path: 'rotate' | 'current', body: Buffer) => {
    // What curl calls it.
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await fetch(`${postern.origin}/api/v1/deploy-keys/${path}`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    })
    const retryAfter = response.headers.get('retry-after')
    return { status: response.status, retryAfter, answer: (await response.json()) as OwnDeployKey & { code: string } }
  }
  const rotate = async (old: KeyFile, next: KeyFile) => {
    await rm(`${next.file}.pub.sig`, { force: true })
    return send('rotate', await signFile(old, 'rotate@postern', `${next.file}.pub`))
  }
  const eventsOf = async (id: string): Promise<{ action: string; facts: Record<string, string | number> }[]> => {
    const rows = await postern.postern.ceremonies.database.read
      .selectFrom('auditEvent')
      .select(['action', 'leaf'])
      .where('targetId', '=', id)
      .orderBy('occurredAt')
      .orderBy('id')
      .execute()
    return rows.map(({ action, leaf }) => ({ action, facts: (JSON.parse(leaf) as { facts: object }).facts as never }))
  }

  return {
    get postern() {
      return postern
    },
    get ana() {
      return ana
    },
    get held() {
      return held
    },
    get source() {
      return source
    },
    get mail() {
      return mail
    },
    now,
    pass: (ms: number): void => void (ahead += ms),
    keys,
    nextName,
    newKey,
    add,
    list,
    view,
    proven,
    comeIn,
    keptOut,
    lookAfter,
    send,
    rotate,
    eventsOf,
  }
}
