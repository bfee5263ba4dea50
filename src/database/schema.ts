import type { AccessKeysTables } from './schema/access-keys.ts'
import type { AgentsTables } from './schema/agents.ts'
import type { AnnouncementsTables } from './schema/announcements.ts'
import type { ApplicationsTables } from './schema/applications.ts'
import type { AttestationTables } from './schema/attestation.ts'
import type { AuditTables } from './schema/audit.ts'
import type { BusTables } from './schema/bus.ts'
import type { ChecksTables } from './schema/checks.ts'
import type { DirectoryTables } from './schema/directory.ts'
import type { GuardrailsTables } from './schema/guardrails.ts'
import type { IdentityTables } from './schema/identity.ts'
import type { MachinesTables } from './schema/machines.ts'
import type { MailTables } from './schema/mail.ts'
import type { MirrorsTables } from './schema/mirrors.ts'
import type { NotifyTables } from './schema/notify.ts'
import type { ProvenanceTables } from './schema/provenance.ts'
import type { ProxyTables } from './schema/proxy.ts'
import type { PullRequestsTables } from './schema/pull-requests.ts'
import type { RepositoriesTables } from './schema/repositories.ts'
import type { SamlTables } from './schema/saml.ts'
import type { SealsTables } from './schema/seals.ts'
import type { SecretsTables } from './schema/secrets.ts'
import type { SignOnTables } from './schema/sign-on.ts'
import type { WebhooksTables } from './schema/webhooks.ts'
import type { WitnessesTables } from './schema/witnesses.ts'

export type * from './schema/access-keys.ts'
export type * from './schema/agents.ts'
export type * from './schema/announcements.ts'
export type * from './schema/applications.ts'
export type * from './schema/attestation.ts'
export type * from './schema/audit.ts'
export type * from './schema/bus.ts'
export type * from './schema/checks.ts'
export type * from './schema/directory.ts'
export type * from './schema/guardrails.ts'
export type * from './schema/identity.ts'
export type * from './schema/machines.ts'
export type * from './schema/mail.ts'
export type * from './schema/mirrors.ts'
export type * from './schema/notify.ts'
export type * from './schema/provenance.ts'
export type * from './schema/proxy.ts'
export type * from './schema/pull-requests.ts'
export type * from './schema/repositories.ts'
export type * from './schema/saml.ts'
export type * from './schema/scales.ts'
export type * from './schema/seals.ts'
export type * from './schema/secrets.ts'
export type * from './schema/sign-on.ts'
export type * from './schema/webhooks.ts'
export type * from './schema/witnesses.ts'

/**
 * Every table of the product, for both dialects, each in the file of the folder that writes it. Text identifiers, times
 * as integer milliseconds since the epoch (`…At`), booleans as 0 or 1, lists and objects as JSON text.
 */
export interface Schema
  extends
    AccessKeysTables,
    AgentsTables,
    AnnouncementsTables,
    ApplicationsTables,
    AttestationTables,
    AuditTables,
    BusTables,
    ChecksTables,
    DirectoryTables,
    GuardrailsTables,
    IdentityTables,
    MachinesTables,
    MailTables,
    MirrorsTables,
    NotifyTables,
    ProvenanceTables,
    ProxyTables,
    PullRequestsTables,
    RepositoriesTables,
    SamlTables,
    SealsTables,
    SecretsTables,
    SignOnTables,
    WebhooksTables,
    WitnessesTables {}

export type TableName = keyof Schema
