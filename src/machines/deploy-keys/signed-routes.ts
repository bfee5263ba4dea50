import type { FastifyInstance } from 'fastify'
import type { Db } from '../../database/handles.ts'
import type { DeployKeyTable } from '../../database/schema.ts'
import type { App } from '../../http/app.ts'
import { conflict, invalid, ProblemError } from '../../http/problem.ts'
import { findPath } from '../../repositories/stewards.ts'
import { callerOf } from './deploy-key-source.ts'
import { followDeployKey } from './follow-deploy-key.ts'
import { dueAt } from './lifetime.ts'
import type { DeployKeyParts } from './parts.ts'
import { readPublicKey } from './read-public-key.ts'
import { OwnDeployKey } from './shapes.ts'
import { openSigned } from './signed-message.ts'

export const rotateNamespace = 'rotate@postern'
export const currentNamespace = 'current@postern'

const maxBodyBytes = 64 * 1024
/** The time in a signed question may be so far from ours. */
const maxSkewMs = 5 * 60_000

/**
 * What a machine says with the key it holds, with nothing but ssh-keygen and curl: here is the key that follows, and how
 * does mine stand. The signature is all that counts; a cookie or token says nothing here.
 */
export function signedDeployKeyRoutes(app: App, parts: DeployKeyParts): void {
  const { database, cut, now } = parts

  /** The key that signed, while it may come in. @throws 401, 403 */
  async function findSigner(fingerprint: string, address: string, at: number): Promise<DeployKeyTable> {
    const key = await database.read
      .selectFrom('deployKey')
      .selectAll()
      .where('fingerprint', '=', fingerprint)
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', at)
      .executeTakeFirst()
    if (key === undefined || (await callerOf(parts, { key, address }, at)) === undefined)
      throw new ProblemError(401, 'key-refused', 'The key that signed this is no deploy key here, or it has ended.', {
        help: 'Ask an administrator of the repository to add a new one.',
      })
    return key
  }

  app.register((inside: FastifyInstance, _options, done) => {
    // No other route takes text, which curl calls a form unless told: its parser lives in here alone.
    inside.addContentTypeParser(
      ['text/plain', 'application/x-www-form-urlencoded'],
      { parseAs: 'buffer', bodyLimit: maxBodyBytes },
      (_request, body, parsed) => parsed(null, body),
    )

    inside.post('/api/v1/deploy-keys/rotate', {
      config: { access: 'signed' },
      schema: { response: { 200: OwnDeployKey } },
      async handler(request) {
        const { message, fingerprint } = openSigned(bytesOf(request.body), rotateNamespace)
        const at = now()
        const old = await findSigner(fingerprint, request.ip, at)
        const next = readPublicKey(message.toString('utf8'))
        const { overlapDays } = old
        if (overlapDays === null)
          throw conflict('rotation-off', 'This deploy key is not to be replaced by itself.', {
            help: 'An administrator of the repository says in its settings how often a new one takes its place.',
          })
        if (next.fingerprint === fingerprint) throw invalid('publicKey', 'This is the key that signed. Make a new one.')
        await database.write((tx) =>
          followDeployKey(tx, old.id, {
            key: next,
            overlapDays,
            byItself: true,
            actor: { id: old.userId, method: 'deploy-key', strength: 'password' },
            at,
            address: request.ip,
            cut,
          }),
        )
        return viewOwn(database.read, old.id, at)
      },
    })

    inside.post('/api/v1/deploy-keys/current', {
      config: { access: 'signed' },
      schema: { response: { 200: OwnDeployKey } },
      async handler(request) {
        const { message, fingerprint } = openSigned(bytesOf(request.body), currentNamespace)
        const at = now()
        const askedAt = Date.parse(message.toString('latin1').trim())
        if (!(Math.abs(at - askedAt) <= maxSkewMs))
          throw new ProblemError(401, 'signature-refused', 'The time that was signed is not now.', {
            help: 'Sign what date -u +%FT%TZ says, and send it at once.',
          })
        const { id } = await findSigner(fingerprint, request.ip, at)
        return viewOwn(database.read, id, at)
      },
    })
    done()
  })
}

function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body
  throw new ProblemError(415, 'text-only', 'This address takes text alone.', {
    help: 'Send the text and its signature, with the content type text/plain.',
  })
}

async function viewOwn(
  db: Db<'deployKey' | 'repository' | 'project'>,
  id: DeployKeyTable['id'],
  at: number,
): Promise<OwnDeployKey> {
  const key = await db.selectFrom('deployKey').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const next =
    key.successorId === null
      ? undefined
      : await db.selectFrom('deployKey').selectAll().where('id', '=', key.successorId).executeTakeFirst()
  const due = dueAt(key)
  return {
    name: key.name,
    repository: (await findPath(db, key.repositoryId)) ?? '',
    fingerprint: key.fingerprint,
    access: key.access,
    expiresAt: key.expiresAt,
    dueAt: due,
    isDue: due !== null && at >= due,
    successor: next === undefined ? null : { fingerprint: next.fingerprint, expiresAt: next.expiresAt },
  }
}
