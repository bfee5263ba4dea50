import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { GIT_NAMESPACE } from '../seals/format/statement.ts'
import type { Proof } from '../seals/shapes.ts'
import { listSignedPushes } from './commit-signatures/list-signed-pushes.ts'
import { listWeaker } from './weaker-proofs.ts'

/** What proofs are read with: today's rules judge how much an old tap is worth today. */
export interface ProofParts {
  db: ProofTables
  policy: PolicyInForce
  at: number
}

type ProofTables = Db<
  'refUpdate' | 'seal' | 'user' | 'credentialRecord' | 'protectedBranch' | 'auditEvent' | 'pushCertificate'
>

const userVerifiedFlag = 0x04

/**
 * What is known of how these commits came to stand where they stand: by a tap, as the start of protection, or on a
 * protected branch without either. Commits that only came along in a merge are judged with it and have no entry.
 * This is the server's own record; `postern verify` checks the signatures without it.
 */
export async function listProofs(
  parts: ProofParts,
  repositoryId: Id<'rep'>,
  oids: Iterable<string>,
): Promise<Map<string, Proof>> {
  const wanted = [...new Set(oids)]
  if (wanted.length === 0) return new Map()
  const { db } = parts
  const unproven = await listUnproven(db, repositoryId, wanted)
  const starts = await listStarts(db, repositoryId, wanted)
  const signed = await listSigned(db, repositoryId, wanted)
  const sealed = await listSealed(parts, repositoryId, wanted)
  return new Map([...unproven, ...starts, ...signed, ...sealed].map((proof) => [proof.oid, proof]))
}

function sealQuery(db: ProofTables) {
  return db
    .selectFrom('seal')
    .innerJoin('user', 'user.id', 'seal.userId')
    .innerJoin('credentialRecord', 'credentialRecord.id', 'seal.credentialRecordId')
    .select(['seal.id as sealId', 'seal.action', 'seal.statementDigest', 'seal.strength', 'seal.authenticatorData'])
    .select([
      'seal.armored',
      'seal.namespace',
      'seal.sealedAt',
      'seal.userId',
      'user.username',
      'user.displayName',
      'credentialRecord.name',
    ])
}

type SealFacts = Awaited<ReturnType<ReturnType<typeof sealQuery>['execute']>>[number]

function renderProof(oid: string, state: Proof['state'], seal?: SealFacts): Proof {
  return {
    oid,
    state,
    by: seal === undefined ? null : { id: seal.userId, username: seal.username, displayName: seal.displayName },
    credentialName: seal?.name ?? null,
    strength: seal?.strength ?? null,
    // Byte 32 of the authenticator data holds the flags, WebAuthn L3 §6.1.
    userVerified:
      seal === undefined
        ? null
        : ((Buffer.from(seal.authenticatorData, 'base64url')[32] ?? 0) & userVerifiedFlag) !== 0,
    sealedAt: seal?.sealedAt ?? null,
    action: seal?.action ?? null,
    statementDigest: seal?.statementDigest ?? null,
    // Beside commits that carry no signature stands a seal that only `postern verify` finds.
    stockVerifiable: seal === undefined ? null : seal.armored !== null && seal.namespace === GIT_NAMESPACE,
    weaker: null,
    isSignedPush: false,
  }
}

/** Tips that came by `git push --signed` with a touched security key: that certificate is the tap. */
async function listSigned(db: ProofTables, repositoryId: Id<'rep'>, oids: string[]): Promise<Proof[]> {
  const pushes = await listSignedPushes(db, repositoryId, oids)
  return [...pushes].flatMap(([oid, { by, keyName, strength, withPin, digest, receivedAt }]): Proof[] =>
    strength === null
      ? []
      : [
          {
            ...renderProof(oid, 'proven'),
            by,
            credentialName: keyName,
            strength,
            userVerified: withPin,
            sealedAt: receivedAt,
            action: 'push',
            statementDigest: `sha256:${digest}`,
            stockVerifiable: false,
            isSignedPush: true,
          },
        ],
  )
}

async function listSealed(parts: ProofParts, repositoryId: Id<'rep'>, oids: string[]): Promise<Proof[]> {
  const rows = await sealQuery(parts.db)
    .innerJoin('refUpdate', 'refUpdate.sealId', 'seal.id')
    .select('refUpdate.newOid')
    .where('refUpdate.repositoryId', '=', repositoryId)
    .where('refUpdate.newOid', 'in', oids)
    .where('refUpdate.state', '=', 'done')
    // Who wrote it says its signature; that it stands on a protected branch takes another tap.
    .where('seal.action', '!=', 'commit')
    .execute()
  const weaker = await listWeaker(
    parts,
    rows.map(({ sealId }) => sealId),
  )
  return rows.map((row) => ({ ...renderProof(row.newOid, 'proven', row), weaker: weaker.get(row.sealId) ?? null }))
}

async function listStarts(db: ProofTables, repositoryId: Id<'rep'>, oids: string[]): Promise<Proof[]> {
  const starts = await db
    .selectFrom('protectedBranch')
    .select(['baselineOid', 'protectSealId'])
    .where('repositoryId', '=', repositoryId)
    .where('baselineOid', 'in', oids)
    .execute()
  const sealIds = starts.flatMap(({ protectSealId }) => (protectSealId === null ? [] : [protectSealId]))
  const seals = sealIds.length === 0 ? [] : await sealQuery(db).where('seal.id', 'in', sealIds).execute()
  return starts.map(({ baselineOid, protectSealId }) =>
    renderProof(
      baselineOid,
      'baseline',
      seals.find(({ sealId }) => sealId === protectSealId),
    ),
  )
}

/** Tips that a protected branch was given after its start without a seal: nothing lets that happen, so it must show. */
async function listUnproven(db: ProofTables, repositoryId: Id<'rep'>, oids: string[]): Promise<Proof[]> {
  const rows = await db
    .selectFrom('refUpdate')
    .innerJoin('protectedBranch', (join) =>
      join
        .onRef('protectedBranch.repositoryId', '=', 'refUpdate.repositoryId')
        .onRef('protectedBranch.ref', '=', 'refUpdate.ref')
        .onRef('protectedBranch.createdAt', '<', 'refUpdate.createdAt'),
    )
    .leftJoin('seal', 'seal.id', 'refUpdate.sealId')
    .select('refUpdate.newOid')
    .where('refUpdate.repositoryId', '=', repositoryId)
    .where('refUpdate.newOid', 'in', oids)
    .where('refUpdate.state', '=', 'done')
    .where((eb) => eb.or([eb('refUpdate.sealId', 'is', null), eb('seal.action', '=', 'commit')]))
    .execute()
  return rows.map(({ newOid }) => renderProof(newOid, 'unproven'))
}
