import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Dialect } from './handles.ts'
import { first } from './migrations/0001-first.ts'
import { ledgerOrder } from './migrations/0002-ledger-order.ts'
import { authenticatorModels } from './migrations/0003-authenticator-models.ts'
import { sealLinks } from './migrations/0004-seal-links.ts'
import { letters } from './migrations/0005-letters.ts'
import { guardrails } from './migrations/0006-guardrails.ts'
import { reviews } from './migrations/0007-reviews.ts'
import { heldPushes } from './migrations/0008-held-pushes.ts'
import { webhooks } from './migrations/0009-webhooks.ts'
import { mirrors } from './migrations/0010-mirrors.ts'
import { secrets } from './migrations/0011-secrets.ts'
import { sourceAttestations } from './migrations/0012-source-attestations.ts'
import { agents } from './migrations/0013-agents.ts'
import { notifications } from './migrations/0014-notifications.ts'
import { revokedKeys } from './migrations/0015-revoked-keys.ts'
import { askingDevice } from './migrations/0016-asking-device.ts'
import { endedAccess } from './migrations/0017-ended-access.ts'
import { accessEnds } from './migrations/0018-access-ends.ts'
import { scim } from './migrations/0019-scim.ts'
import { permissions } from './migrations/0026-permissions.ts'
import { directoryConnections } from './migrations/0020-directory-connections.ts'
import { passwords } from './migrations/0024-passwords.ts'
import { invitations } from './migrations/0025-invitations.ts'
import { recovery } from './migrations/0023-recovery.ts'
import { domains } from './migrations/0021-domains.ts'
import { identityProviders } from './migrations/0022-identity-providers.ts'
import { announcements } from './migrations/0027-announcements.ts'
import { tokenMakers } from './migrations/0028-token-makers.ts'
import { accountAddresses } from './migrations/0029-account-addresses.ts'
import { sshKeys } from './migrations/0030-ssh-keys.ts'
import { sshCertificates } from './migrations/0031-ssh-certificates.ts'
import { oauth } from './migrations/0032-oauth.ts'
import { deployKeys } from './migrations/0033-deploy-keys.ts'
import { workloads } from './migrations/0034-workloads.ts'
import { commitSignatures } from './migrations/0035-commit-signatures.ts'
import { rotation } from './migrations/0036-rotation.ts'
import { applications } from './migrations/0037-applications.ts'
import { proxyRoutes } from './migrations/0038-proxy-routes.ts'
import { openidClients } from './migrations/0039-openid-clients.ts'
import { routeSessions } from './migrations/0041-route-sessions.ts'
import { connectors } from './migrations/0042-connectors.ts'
import { saml } from './migrations/0040-saml.ts'
import { sshKeySeals } from './migrations/0044-ssh-key-seals.ts'
import { nodesOfWaiting } from './migrations/0045-nodes-of-waiting.ts'
import { sshRemotes } from './migrations/0046-ssh-remotes.ts'
import { grantRequests } from './migrations/0047-grant-requests.ts'
import { leaseWaiting } from './migrations/0048-lease-waiting.ts'
import { drafts } from './migrations/0050-drafts.ts'
import { largeInstances } from './migrations/0051-large-instances.ts'
import { ledger } from './migrations/0052-ledger.ts'
import { witnesses } from './migrations/0053-witnesses.ts'
import { formerPaths } from './migrations/0054-former-paths.ts'
import { lfsLocks } from './migrations/0055-lfs-locks.ts'
import type { Schema } from './schema.ts'

/** Forward only, in this order, each applied once; Kysely's migrator holds a lock so that two nodes do not race. */
const migrations = (dialect: Dialect): Record<string, Migration> => ({
  '0001-first': first(dialect),
  '0002-ledger-order': ledgerOrder,
  '0003-authenticator-models': authenticatorModels(dialect),
  '0004-seal-links': sealLinks(dialect),
  '0005-letters': letters(dialect),
  '0006-guardrails': guardrails(dialect),
  '0007-reviews': reviews(dialect),
  '0008-held-pushes': heldPushes(dialect),
  '0009-webhooks': webhooks(dialect),
  '0010-mirrors': mirrors(dialect),
  '0011-secrets': secrets(dialect),
  '0012-source-attestations': sourceAttestations(dialect),
  '0013-agents': agents(dialect),
  '0014-notifications': notifications(dialect),
  '0015-revoked-keys': revokedKeys(dialect),
  '0016-asking-device': askingDevice(dialect),
  '0017-ended-access': endedAccess(dialect),
  '0022-identity-providers': identityProviders(dialect),
  '0018-access-ends': accessEnds(dialect),
  '0019-scim': scim(dialect),
  '0021-domains': domains(dialect),
  '0024-passwords': passwords(dialect),
  '0023-recovery': recovery(dialect),
  '0025-invitations': invitations(dialect),
  '0026-permissions': permissions(dialect),
  '0027-announcements': announcements(dialect),
  '0028-token-makers': tokenMakers(dialect),
  '0029-account-addresses': accountAddresses(dialect),
  '0030-ssh-keys': sshKeys(dialect),
  '0031-ssh-certificates': sshCertificates(dialect),
  '0032-oauth': oauth(dialect),
  '0033-deploy-keys': deployKeys(dialect),
  '0034-workloads': workloads(dialect),
  '0035-commit-signatures': commitSignatures(dialect),
  '0036-rotation': rotation(dialect),
  '0037-applications': applications(dialect),
  '0038-proxy-routes': proxyRoutes(dialect),
  '0039-openid-clients': openidClients(dialect),
  '0042-connectors': connectors(dialect),
  '0041-route-sessions': routeSessions(dialect),
  '0040-saml': saml(dialect),
  '0044-ssh-key-seals': sshKeySeals(dialect),
  '0045-nodes-of-waiting': nodesOfWaiting(dialect),
  '0046-ssh-remotes': sshRemotes(dialect),
  '0047-grant-requests': grantRequests(dialect),
  '0048-lease-waiting': leaseWaiting(dialect),
  '0050-drafts': drafts(dialect),
  '0051-large-instances': largeInstances(dialect),
  '0052-ledger': ledger(dialect),
  '0053-witnesses': witnesses(dialect),
  '0054-former-paths': formerPaths(dialect),
  '0055-lfs-locks': lfsLocks(dialect),
  '0020-directory-connections': directoryConnections(dialect),
})

/** Brings the schema up to date. @throws when the database was made by a newer version. */
export async function migrate(database: Kysely<Schema>, dialect: Dialect): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(migrations(dialect)) },
  })
  const { error } = await migrator.migrateToLatest()
  if (error instanceof Error && error.message.includes('previously executed migration'))
    throw new Error('this database was made by a newer version of Postern. Start that version.', { cause: error })
  if (error !== undefined) throw error
}
