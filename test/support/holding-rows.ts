import { recordEvent } from '../../src/audit/record.ts'
import type { Database } from '../../src/database/handles.ts'
import { type Id, newId } from '../../src/database/id.ts'
import { createMachineUser } from '../../src/identity/machine-users.ts'
import { webhookRow } from './webhook-rows.ts'

/** What takes long to come by otherwise, or needs another server. */
export async function insertHoldings(
  database: Database,
  of: {
    id: Id<'usr'>
    username: string
    linkId: Id<'lnk'>
    repositoryId: Id<'rep'>
    /** Nothing has been brought into it yet. */
    importedId: Id<'rep'>
    at: number
  },
): Promise<void> {
  const { id, username, linkId, repositoryId, importedId, at } = of
  await database.write(async (tx) => {
    await tx
      .insertInto('webhook')
      .values(
        webhookRow({
          repositoryId,
          url: `https://${username}.example/`,
          createdBy: id,
          stewardId: id,
          events: '[]',
        }),
      )
      .execute()
    const secret = { secretHash: username, secretMadeAt: at, secretMadeBy: id, secretLeftAt: null }
    const never = { lastSeenAt: null, lastSeenFrom: null, endedAt: null }
    await tx
      .insertInto('connector')
      .values({ id: newId('con'), name: `of-${username}`, ...secret, ...never, createdAt: at, createdBy: id })
      .execute()
    const directory = newId('dir')
    await tx
      .insertInto('directoryConnection')
      .values({
        id: directory,
        name: `of-${username}`,
        kind: 'other',
        tokenHash: username,
        tokenMadeAt: at,
        tokenExpiresAt: null,
        formerTokenHash: null,
        formerTokenUntil: null,
        requiredGroupId: null,
        createdAt: at,
        createdBy: id,
        lastRequestAt: null,
        lastError: null,
        lastErrorAt: null,
        endedAt: null,
        endedBy: null,
        endSealId: null,
        endsPeople: 0,
      })
      .execute()
    await recordEvent(tx, {
      action: 'directory.connected',
      actor: { id, method: 'passkey', strength: 'passkey' },
      target: { kind: 'directory', id: directory },
      facts: { connection: `of-${username}`, kind: 'other' },
      at,
    })
    const machine = await createMachineUser(tx, { name: `of ${username}`, createdBy: id, at })
    await tx
      .insertInto('workloadTrust')
      .values({
        id: newId('wlt'),
        repositoryId,
        userId: machine.id,
        name: `of ${username}`,
        shape: 'other',
        issuer: `https://${username}.example`,
        keys: null,
        audience: 'here',
        conditions: JSON.stringify([{ claim: 'sub', value: username }]),
        access: 'read',
        lifetimeMinutes: 10,
        runHours: 1,
        createdAt: at,
        createdBy: id,
        stewardId: id,
        adoptBy: null,
        lastUsedAt: null,
        lastSubject: null,
        endedAt: null,
      })
      .execute()
    await tx
      .insertInto('deployKey')
      .values({
        id: newId('dpk'),
        repositoryId,
        userId: machine.id,
        name: `of ${username}`,
        publicKey: '',
        keyType: 'ssh-ed25519',
        fingerprint: `SHA256:${username}`,
        access: 'read',
        createdAt: at,
        createdBy: id,
        stewardId: id,
        adoptBy: null,
        expiresAt: at + 1e9,
        expirySetAt: at,
        rotateEveryDays: null,
        overlapDays: null,
        dueToldAt: null,
        warnedDays: null,
        predecessorId: null,
        successorId: null,
        lastUsedAt: null,
        lastUsedFrom: null,
        endedAt: null,
        endedBy: null,
      })
      .execute()
    await tx
      .insertInto('mirror')
      .values({
        id: newId('mir'),
        repositoryId,
        url: `https://${username}.example/git`,
        username: '',
        passwordBox: null,
        branches: '[]',
        overwrites: 0,
        isActive: 1,
        createdBy: id,
        stewardId: id,
        adoptBy: null,
        createdAt: at,
        dueAt: at + 1e9,
        wantedAt: null,
        startedAt: null,
        succeededAt: null,
        failures: 0,
        problemCode: null,
        problem: null,
      })
      .execute()
    await tx
      .insertInto('repositoryImport')
      .values({
        id: newId('imp'),
        repositoryId: importedId,
        url: `https://${username}.example/git`,
        username: '',
        passwordBox: null,
        state: 'running',
        phase: 'receiving',
        objectsDone: 0,
        objectsTotal: 0,
        bytes: 0,
        bytesPerSecond: 0,
        problemCode: null,
        problem: null,
        result: null,
        isCancelled: 0,
        createdBy: id,
        method: 'session ses_none',
        strength: 'passkey',
        createdAt: at,
        startedAt: at,
        finishedAt: null,
        beatAt: at + 1e9,
      })
      .execute()
    await tx
      .insertInto('pushSubscription')
      .values({
        id: newId('psh'),
        userId: id,
        endpoint: `https://push.example/${username}`,
        p256dh: '',
        auth: '',
        userAgent: '',
        createdAt: at,
      })
      .execute()
    await tx
      .insertInto('passwordLogin')
      .values({ userId: id, hash: '', changedAt: at, mustChange: 0, usedAt: null })
      .execute()
    await tx.insertInto('totp').values({ userId: id, box: '', confirmedAt: at, lastStep: 0 }).execute()
    await tx
      .insertInto('recoveryCode')
      .values({ codeHash: `hash ${username}`, userId: id, createdAt: at, usedBy: null, voidedAt: null })
      .execute()
    await tx
      .insertInto('recovery')
      .values({
        id: newId('rcv'),
        userId: id,
        kind: 'code',
        state: 'waiting',
        startedBy: null,
        sealId: null,
        linkId,
        createdAt: at,
        opensAt: at + 1e9,
        cancelUntil: at + 1e9,
        expiresAt: at + 2e9,
        newCredentialId: null,
        overAt: null,
        overBy: null,
        address: '',
      })
      .execute()
    await tx
      .insertInto('invitation')
      .values({
        id: newId('inv'),
        linkId,
        email: 'x@example.com',
        role: 'member',
        groups: '[]',
        grants: '[]',
        endsAt: null,
        sponsorId: null,
        message: '',
        createdBy: id,
        createdAt: at,
        expiresAt: at + 1e9,
        sentAt: null,
        acceptedAt: null,
        acceptedBy: null,
        withdrawnAt: null,
      })
      .execute()
    await tx
      .insertInto('breakGlass')
      .values({
        id: newId('bgc'),
        codeHash: `glass ${username}`,
        userId: id,
        createdAt: at,
        createdBy: id,
        sealId: newId('sea'),
        voidedAt: null,
        usedAt: null,
        address: null,
        linkId: null,
        newCredentialId: null,
        reviewedAt: null,
        reviewedBy: null,
        reviewSealId: null,
        remindedAt: null,
      })
      .execute()
    await tx
      .insertInto('externalIdentity')
      .values({
        id: newId('eid'),
        providerId: newId('idp'),
        issuer: 'https://login.example',
        subject: username,
        userId: id,
        label: username,
        linkedBy: 'person',
        linkedAt: at,
        lastSignInAt: null,
        endedAt: null,
        endedWith: null,
        broughtEnd: null,
      })
      .execute()
  })
}
