/** The API's shapes, as types only: the console imports nothing else of the server. */
import type { OwnTool } from '../../src/applications/shapes.ts'
import type { SessionView } from '../../src/identity/shapes.ts'
import type { Me, Person } from '../../src/identity/shapes.ts'
import type { MemberView, RepositorySummary } from '../../src/repositories/shapes.ts'
import type { BranchRule } from '../../src/repositories/branch-rule.ts'
import type { PullRequestSummary } from '../../src/pull-requests/shapes.ts'
import type { InboxItem } from '../../src/seals/shapes.ts'

export type * from '../../src/access-keys/certificates/shapes.ts'
export type * from '../../src/access-keys/shapes.ts'
export type * from '../../src/access-keys/ssh-keys/shapes.ts'
export type * from '../../src/agents/shapes.ts'
export type * from '../../src/announcements/shapes.ts'
export type * from '../../src/applications/recipes/recipe.ts'
export type * from '../../src/applications/shapes.ts'
export type * from '../../src/attestation/shapes.ts'
export type * from '../../src/audit/shapes.ts'
export type * from '../../src/checks/shapes.ts'
export type * from '../../src/directory/connections/shapes.ts'
export type * from '../../src/directory/domains/shapes.ts'
export type * from '../../src/directory/upstream/shapes.ts'
export type * from '../../src/guardrails/shapes.ts'
export type * from '../../src/http/shapes.ts'
export type * from '../../src/identity/break-glass/shapes.ts'
export type * from '../../src/identity/ending/shapes.ts'
export type * from '../../src/identity/recovery/shapes.ts'
export type * from '../../src/identity/import/shapes.ts'
export type * from '../../src/identity/invitations/shapes.ts'
export type * from '../../src/identity/passwords/shapes.ts'
export type * from '../../src/identity/profile/shapes.ts'
export type * from '../../src/identity/shapes.ts'
export type * from '../../src/insights/shapes.ts'
export type * from '../../src/machines/deploy-keys/shapes.ts'
export type * from '../../src/mirrors/shapes.ts'
export type * from '../../src/notify/shapes.ts'
export type * from '../../src/provenance/shapes.ts'
export type * from '../../src/proxy/connectors/shapes.ts'
export type * from '../../src/proxy/entry/shapes.ts'
export type * from '../../src/proxy/routes/shapes.ts'
export type * from '../../src/pull-requests/review/shapes.ts'
export type * from '../../src/pull-requests/shapes.ts'
export type * from '../../src/repositories/commit-signatures/shapes.ts'
export type * from '../../src/repositories/edits/shapes.ts'
export type * from '../../src/repositories/shapes.ts'
export type { BranchRule } from '../../src/repositories/branch-rule.ts'
export type * from '../../src/seals/shapes.ts'
export type * from '../../src/ssh/shapes.ts'
export type * from '../../src/sign-on/shapes.ts'
export type { SamlCertificates } from '../../src/sign-on/saml/shapes.ts'
export type { SignOnStanding } from '../../src/sign-on/sign-on-shapes.ts'
export type { Scope } from '../../src/sign-on/scopes.ts'
export type * from '../../src/machines/workloads/shapes.ts'
export type * from '../../src/webhooks/shapes.ts'
export type * from '../../src/witnesses/shapes.ts'
export type { ActName } from '../../src/policy/acts.ts'
export type { Policy, Rule, RulePermission, RuleRequirement } from '../../src/policy/rule.ts'

export type Strength = SessionView['strength']
export type OrganisationRole = Me['role']
export type RepositoryRole = MemberView['role']
export type Visibility = RepositorySummary['visibility']
export type Unendorsed = Person['unendorsed'][number]

export interface Items<Item> {
  items: Item[]
}
export interface PageOf<Item> extends Items<Item> {
  nextCursor: string | null
}

/** `GET /protected-branches/:branch/rule` of a repository. */
export interface BranchRuleView {
  rule: BranchRule
  canEdit: boolean
  codeOwners: { path: string | null; problems: string[] }
  /** Of the groups, people and tokens that the rule names by id. */
  names: Record<string, string>
}

/** `GET /inbox`. */
export interface Inbox extends PageOf<InboxItem> {
  /** Of all pages. */
  count: number
}

/** `GET /home`. */
export interface Home {
  /** What I may open beside Git, by name. */
  tools: OwnTool[]
  /** What waits for my tap, asked for elsewhere; the inbox has all of it. */
  requests: InboxItem[]
  repositories: RepositorySummary[]
  /** Mine. */
  pullRequests: PullRequestSummary[]
  /** Those I may merge. */
  waiting: PullRequestSummary[]
  attention: { kind: string; text: string; href: string }[]
}
