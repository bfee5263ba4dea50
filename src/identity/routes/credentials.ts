import { hash } from 'node:crypto'
import { type Static, Type } from 'typebox'
import type { FastifyRequest } from 'fastify'
import { recordEvent } from '../../audit/record.ts'
import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { conflict, notFound } from '../../http/problem.ts'
import { Nullable, OneLine } from '../../http/shapes.ts'
import { coseFingerprint } from '../../protocols/sshsig/cose-fingerprint.ts'
import { renderCreationOptions } from '../../protocols/webauthn/options.ts'
import { actorOf, getEnrolling, getPerson } from '../caller.ts'
import { withCeremonyProblems } from '../ceremony-problem.ts'
import {
  type CredentialRecord,
  createCredentialRecord,
  findCredentialRecord,
  listCredentialRecords,
} from '../credential-records.ts'
import { refuseLastPasskey } from '../refuse-last-passkey.ts'
import { type Ceremonies, verifyRegistrationCeremony } from '../registration.ts'
import { registeredKey } from '../registered-key.ts'
import { BeginCeremony, Ceremony, CredentialView } from '../shapes.ts'
import { findUserById } from '../users.ts'
import { renderCredential } from '../views.ts'

const CredentialName = OneLine(100)
const ById = Type.Object({ id: Type.String() })
const Ending = Nullable(Type.Object({ compromised: Type.Optional(Type.Boolean()) }, { additionalProperties: false }))
const NewCredential = Type.Object({ ceremonyId: Type.String(), response: Type.Unknown(), name: CredentialName })

export type RevokeKey = (tx: Tx<TableName>, credentialRecordId: Id<'crd'>, at: number) => Promise<void>

/** A person's own passkeys. Each change takes a tap on one they already have, bound to exactly that change. */
export function credentialRoutes(
  app: App,
  {
    ceremonies,
    signersChanged,
    revokeKey,
  }: { ceremonies: Ceremonies; signersChanged: () => void; revokeKey: RevokeKey },
): void {
  const { database, challenges, place, attestation, now } = ceremonies

  const getOwn = async (request: FastifyRequest) => {
    const { id } = request.params as Static<typeof ById>
    const record = await findCredentialRecord(database.read, getPerson(request).id, id)
    if (record === undefined) throw notFound('This passkey')
    return record
  }

  const add: SensitiveAct = {
    name: 'credential.add',
    async describe(request) {
      const body = request.body as Static<typeof NewCredential>
      const bindingHash = getPerson(request).by.sessionHash
      await challenges.peek({ id: body.ceremonyId, kind: 'registration', bindingHash })
      const cose = await withCeremonyProblems(async () => registeredKey(body.response))
      return {
        title: `Add the passkey “${body.name}” to your account`,
        rows: [
          { label: 'Name', value: body.name, kind: 'text' },
          { label: 'Fingerprint of the new key', value: coseFingerprint(cose, place.rpId), kind: 'text' },
        ],
        subjects: [{ name: 'credential', digest: { sha256: hash('sha256', cose, 'hex') } }],
      }
    },
  }
  const rename: SensitiveAct = {
    name: 'credential.rename',
    async describe(request) {
      const record = await getOwn(request)
      const { name } = request.body as { name: string }
      return {
        title: `Rename the passkey “${record.name}” to “${name}”`,
        rows: [{ label: 'New name', value: name, kind: 'text' }],
      }
    },
  }
  const remove: SensitiveAct = {
    name: 'credential.remove',
    async describe(request) {
      const record = await getOwn(request)
      await refuseLast(request, record)
      const cose = Buffer.from(record.publicKey, 'base64url')
      const isLost = mayBeInWrongHands(request)
      const end = isLost ? ': it may be in wrong hands' : ''
      return {
        title: `Remove the passkey “${record.name}” from your account${end}`,
        rows: [
          { label: 'Fingerprint', value: coseFingerprint(cose, record.rpId), kind: 'text' },
          ...(isLost
            ? [{ label: 'What it sealed', value: 'Only what is there now counts from now on', kind: 'text' as const }]
            : []),
        ],
        subjects: [{ name: 'credential', digest: { sha256: hash('sha256', cose, 'hex') } }],
      }
    },
  }

  const refuseLast = (request: FastifyRequest, record: CredentialRecord, db: Db<TableName> = database.read) =>
    refuseLastPasskey(db, {
      policy: ceremonies.policy,
      record,
      caller: getPerson(request),
      isLost: mayBeInWrongHands(request),
      at: now(),
    })

  app.get('/api/v1/me/credentials', {
    config: { access: 'enrolling' },
    schema: { response: { 200: Type.Object({ items: Type.Array(CredentialView) }) } },
    async handler(request) {
      const caller = getEnrolling(request)
      const records = await listCredentialRecords(database.read, caller.id)
      const pictured = await attestation.listPictured(records.flatMap(({ aaguid }) => aaguid ?? []))
      return { items: records.map((record) => renderCredential(record, caller.by.credentialRecordId, pictured)) }
    },
  })

  app.post('/api/v1/me/credentials/begin', {
    config: { access: 'enrolling' },
    schema: { body: BeginCeremony, response: { 200: Ceremony } },
    async handler(request) {
      const caller = getPerson(request)
      const user = await findUserById(database.read, caller.id)
      if (user === undefined) throw notFound('This person')
      const records = await listCredentialRecords(database.read, caller.id)
      const issued = await challenges.issue({
        kind: 'registration',
        bindingHash: caller.by.sessionHash,
        userId: caller.id,
        payload: null,
      })
      return {
        ceremonyId: issued.id,
        expiresAt: issued.expiresAt,
        publicKey: renderCreationOptions({
          challenge: issued.challenge,
          rpId: place.rpId,
          user: { handle: user.webauthnHandle, name: user.username, displayName: user.displayName },
          exclude: records.map((record) => ({
            id: record.credentialId,
            transports: JSON.parse(record.transports) as string[],
          })),
          hint: request.body?.hint,
        }),
      }
    },
  })

  app.post('/api/v1/me/credentials', {
    config: { access: 'enrolling', act: add, ceremony: 'registration' },
    schema: { body: NewCredential, response: { 200: CredentialView } },
    async handler(request) {
      const caller = getPerson(request)
      const { registration, judgement, userId } = await verifyRegistrationCeremony(ceremonies, {
        ceremonyId: request.body.ceremonyId,
        response: request.body.response,
        bindingHash: caller.by.sessionHash,
      })
      if (userId !== caller.id)
        throw conflict('ceremony-over', 'This passkey was made for somebody else.', { help: 'Add it once more.' })
      const record = await database.write(async (tx) => {
        const at = now()
        const seal = await request.takeSeal(tx)
        const endorser = await findCredentialRecord(tx, caller.id, seal.credentialRecordId)
        const created = await createCredentialRecord(tx, {
          userId: caller.id,
          registration,
          judgement,
          rpId: place.rpId,
          name: request.body.name,
          enrolledVia: 'credential',
          endorsedBy: seal.id,
          // A new key is worth no more than the one that let it in.
          strengthCap: endorser?.strengthCap ?? null,
          policy: ceremonies.policy,
          address: caller.address,
          at,
        })
        await recordEvent(tx, {
          action: 'credential.added',
          actor: actorOf(caller, seal),
          target: { kind: 'credential', id: created.id },
          facts: {
            credential: created.name,
            seal: seal.id,
            algorithm: created.algorithm,
            attestation: created.attestationOutcome,
          },
          at,
        })
        return created
      })
      return renderCredential(record, caller.by.credentialRecordId)
    },
  })

  app.patch('/api/v1/me/credentials/:id', {
    config: { access: 'person', act: rename },
    schema: { params: ById, body: Type.Object({ name: CredentialName }), response: { 200: CredentialView } },
    async handler(request) {
      const caller = getPerson(request)
      const record = await getOwn(request)
      const { name } = request.body
      await database.write(async (tx) => {
        const seal = await request.takeSeal(tx)
        await tx.updateTable('credentialRecord').set({ name }).where('id', '=', record.id).execute()
        const target = { kind: 'credential', id: record.id }
        const facts = { credential: name, former: record.name, seal: seal.id }
        await recordEvent(tx, { action: 'credential.renamed', actor: actorOf(caller, seal), target, facts, at: now() })
      })
      return renderCredential({ ...record, name }, caller.by.credentialRecordId)
    },
  })

  app.delete('/api/v1/me/credentials/:id', {
    config: { access: 'person', act: remove },
    schema: { params: ById, body: Ending, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const caller = getPerson(request)
      const record = await getOwn(request)
      await database.write(async (tx) => {
        const at = now()
        // Two removals at once must not leave nothing: the person's row is what they queue for.
        await tx
          .updateTable('user')
          .set({ state: 'active' })
          .where('id', '=', caller.id)
          .where('state', '=', 'active')
          .execute()
        await refuseLast(request, record, tx)
        const seal = await request.takeSeal(tx)
        const { numUpdatedRows } = await tx
          .updateTable('credentialRecord')
          .set({ endedAt: at, endedBy: seal.id })
          .where('id', '=', record.id)
          .where('endedAt', 'is', null)
          .executeTakeFirst()
        if (Number(numUpdatedRows) !== 1) throw notFound('This passkey')
        // Also this session, where it was begun with that passkey.
        await tx
          .updateTable('session')
          .set({ endedAt: at })
          // Found by their person: no index leads from a passkey to its sessions.
          .where('userId', '=', caller.id)
          .where('credentialRecordId', '=', record.id)
          .where('endedAt', 'is', null)
          .execute()
        const target = { kind: 'credential', id: record.id }
        const isLost = mayBeInWrongHands(request)
        if (isLost) await revokeKey(tx, record.id, at)
        const facts = { credential: record.name, seal: seal.id, ...(isLost && { reason: 'may be in wrong hands' }) }
        await recordEvent(tx, { action: 'credential.removed', actor: actorOf(caller, seal), target, facts, at })
      })
      signersChanged()
      return reply.code(204).send(null)
    },
  })
}

const mayBeInWrongHands = ({ body }: FastifyRequest): boolean =>
  (body as Static<typeof Ending> | undefined)?.compromised === true
