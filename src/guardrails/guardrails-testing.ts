/** For tests only: people with keys, groups, roles and sessions in a real database, without ceremonies. */
import { openDatabase } from '../database/open.ts'
import type { Database } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { AttestationOutcome, OrganisationRole, RepositoryRole, RepositoryTable } from '../database/schema.ts'
import { createUser } from '../identity/users.ts'
import { postgresDatabase } from '../../test/support/postgres.ts'

export const at = 1_800_000_000_000

/** Both stores, each empty. */
export const openStores: Record<string, () => Promise<Database>> = {
  SQLite: () => openDatabase('sqlite::memory:'),
  PostgreSQL: async () => openDatabase(await postgresDatabase()),
}

export type KeyKind = 'synced' | 'device-bound' | 'attested'

export interface NewPerson {
  role?: OrganisationRole
  /** A person unless told. */
  kind?: 'person' | 'agent'
  keys?: KeyKind[]
  /** AAGUID of their attested keys. */
  model?: string
  groups?: string[]
  /** Where they were last seen. */
  address?: string
  isDemo?: boolean
}

export async function addPerson(database: Database, username: string, person: NewPerson = {}): Promise<Id<'usr'>> {
  const {
    role = 'member',
    kind: userKind = 'person',
    keys = ['synced'],
    model = null,
    groups = [],
    address,
    isDemo = false,
  } = person
  return database.write(async (tx) => {
    const user = await createUser(tx, {
      username,
      displayName: username.charAt(0).toUpperCase() + username.slice(1),
      email: `${username}@example.com`,
      role,
      kind: userKind,
      createdBy: null,
      at,
      isDemo,
    })
    for (const [index, kind] of keys.entries()) {
      const outcome: AttestationOutcome = kind === 'attested' ? 'verified' : 'none'
      await tx
        .insertInto('credentialRecord')
        .values({
          id: newId('crd'),
          userId: user.id,
          credentialId: newId('crd'),
          publicKey: '',
          algorithm: -7,
          signCount: 0,
          backupEligible: kind === 'synced' ? 1 : 0,
          backupState: 0,
          uvInitialized: 1,
          transports: kind === 'synced' ? '["internal","hybrid"]' : '["usb"]',
          aaguid: kind === 'attested' ? model : null,
          attestationFormat: 'none',
          attestationOutcome: outcome,
          modelName: null,
          attestationObject: '',
          registrationClientDataJson: '',
          rpId: 'localhost',
          origin: 'http://localhost',
          name: `${kind} ${index + 1}`,
          enrolledVia: 'setup',
          endorsedBy: null,
          strengthCap: null,
          createdAt: at + index,
          lastUsedAt: null,
          endedAt: null,
          endedBy: null,
        })
        .execute()
    }
    for (const name of groups) {
      const known = await tx.selectFrom('userGroup').select('id').where('name', '=', name).executeTakeFirst()
      const groupId = known?.id ?? newId('grp')
      if (known === undefined)
        await tx
          .insertInto('userGroup')
          .values({
            id: groupId,
            name,
            description: '',
            isDemo: 0,
            createdAt: at,
            managedBy: null,
            organisationRole: null,
          })
          .execute()
      await tx.insertInto('groupMember').values({ groupId, userId: user.id, joinedAt: at }).execute()
    }
    if (address !== undefined)
      await tx
        .insertInto('session')
        .values({
          id: newId('ses'),
          secretHash: newId('ses'),
          userId: user.id,
          userGeneration: 1,
          credentialRecordId: newId('crd'),
          method: 'passkey',
          strength: 'passkey',
          authenticatedAt: at,
          createdAt: at,
          lastSeenAt: at,
          expiresAt: at + 1,
          endedAt: null,
          userAgent: '',
          address,
        })
        .execute()
    return user.id
  })
}

/** An API token that lives for 200 days, of which 100 are over. */
export const addToken = (database: Database, userId: Id<'usr'>, name: string): Promise<unknown> =>
  database.write((tx) =>
    tx
      .insertInto('apiToken')
      .values({
        id: newId('tok'),
        userId,
        name,
        secretHash: newId('tok'),
        scopes: '[]',
        repositoryIds: null,
        createdAt: at - 100 * 86_400_000,
        expiresAt: at + 100 * 86_400_000,
        lastUsedAt: null,
        endedAt: null,
      })
      .execute(),
  )

/** What FIDO says of a model since long ago. */
export const reportModel = (database: Database, model: string, status: string): Promise<unknown> =>
  database.write((tx) =>
    tx
      .insertInto('authenticatorModel')
      .values({
        key: model,
        name: 'Some key',
        icon: null,
        certification: null,
        isHardware: 1,
        sharesRoots: 0,
        keyProtection: '["hardware"]',
        attachmentHint: '["external"]',
        userVerification: '[]',
        attestationRoots: '[]',
        statusReports: JSON.stringify([{ status, effectiveAt: 0, certificate: null }]),
      })
      .execute(),
  )

export async function addRepository(
  database: Database,
  path: string,
  visibility: RepositoryTable['visibility'] = 'private',
): Promise<{ id: Id<'rep'>; projectId: Id<'prj'> }> {
  const [project = '', name = ''] = path.split('/')
  const createdBy = newId('usr')
  return database.write(async (tx) => {
    const known = await tx.selectFrom('project').select('id').where('name', '=', project).executeTakeFirst()
    const projectId = known?.id ?? newId('prj')
    if (known === undefined)
      await tx
        .insertInto('project')
        .values({ id: projectId, name: project, description: '', isDemo: 0, createdAt: at, createdBy })
        .execute()
    const id = newId('rep')
    await tx
      .insertInto('repository')
      .values({
        id,
        projectId,
        name,
        description: '',
        visibility,
        defaultBranch: 'main',
        folder: id,
        nextNumber: 1,
        pushedAt: null,
        createdAt: at,
        createdBy,
      })
      .execute()
    return { id, projectId }
  })
}

export async function grant(
  database: Database,
  subject: { kind: 'user' | 'group'; id: Id<'usr'> | Id<'grp'> },
  scope: { kind: 'project' | 'repository'; id: Id<'prj'> | Id<'rep'> },
  role: RepositoryRole,
): Promise<void> {
  await database.write((tx) =>
    tx
      .insertInto('roleGrant')
      .values({
        subjectKind: subject.kind,
        subjectId: subject.id,
        scopeKind: scope.kind,
        scopeId: scope.id,
        role,
        createdAt: at,
        createdBy: newId('usr'),
      })
      .execute(),
  )
}
