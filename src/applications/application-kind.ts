import type { TSchema } from 'typebox'
import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import type { FactRow } from '../http/access.ts'
import type { BySession, Caller } from '../identity/caller.ts'
import type { Application } from './application.ts'

/** Something to be put into the tool, or shown to who sets it up. Recipes name it by `name`, e.g. `clientId`. */
export interface CopyValue {
  name: string
  label: string
  value: string
}

/** One thing that the tool would be told of a person: a claim, an attribute, a header. */
export interface SentValue {
  name: string
  value: string | readonly string[]
}

/** A person as they would come: for a test they need not be there. */
export type Previewed = Pick<
  Caller,
  'id' | 'kind' | 'username' | 'displayName' | 'role' | 'strength' | 'authenticatedAt'
> & { by: Pick<BySession, 'method' | 'key'> }

/**
 * What a way to sign people in to tools brings, so that one set of routes makes, changes, shows and ends applications of
 * each. `composition/sign-on.ts` hands them over; nothing here knows a protocol. Settings were checked against the schema before any
 * of these sees them; every function that writes runs in the transaction of the tap.
 */
export interface ApplicationKind<Settings = unknown> {
  readonly kind: Application['kind']
  /** As people read it: `OpenID Connect`. */
  readonly title: string
  /** The settings, whole: a change says all of them again. */
  readonly settingsSchema: TSchema
  /** How the ledger calls settings that became different, where their names do not say it. */
  readonly settingWords?: Readonly<Record<string, string>>
  /**
   * What a tap over these settings names: where people are led, whom the tool is told about.
   * @param application null for one that is being made
   * @throws 422 for what no application of this kind can have, its field beginning with `settings.`; 409 for what is taken
   */
  describe(
    db: Db<TableName>,
    settings: Settings,
    application: Application | null,
  ): Promise<{ rows: FactRow[]; warnings: string[] }>
  /** Returns what is shown once, e.g. `clientSecret`. @throws as `describe` does */
  create(tx: Tx<TableName>, application: Application, settings: Settings, at: number): Promise<readonly CopyValue[]>
  /** Settings are all of them; what somebody holds that the new ones no longer allow ends. @throws as `describe` does */
  change(tx: Tx<TableName>, application: Application, settings: Settings, at: number): Promise<void>
  /** Settings as they are kept, in the shape of the schema; secrets are not among them. */
  view(db: Db<TableName>, application: Application): Promise<Settings>
  /**
   * What is put into the tool, under the names that recipes know. Of OpenID Connect `issuer`, `discovery`,
   * `authorization`, `token`, `userinfo`, `jwks`, `endSession`, `clientId`, and once `clientSecret`; of SAML `entityId`,
   * `ssoUrl`, `metadataUrl`, `certificate`; of a route `audience`, `issuer`, `jwksUri`.
   * @param application null before it is made: what is known by then
   */
  values(db: Db<TableName>, application: Application | null): Promise<readonly CopyValue[]>
  /** Its grants, sessions and open connections, everywhere; its own rows, where they stand in the way of another. */
  end(tx: Tx<TableName>, application: Application, at: number): Promise<void>
  /** What the tool would be told of this person. */
  preview(db: Db<TableName>, application: Application, person: Previewed): Promise<readonly SentValue[]>
  /** Whether this one has a secret; left out where all of the kind have, or none. */
  hasSecret?(db: Db<TableName>, application: Application): Promise<boolean>
  /** A new secret beside the former one, which works on for a while. @throws 409 where this one has none */
  rotateSecret?(tx: Tx<TableName>, application: Application, at: number): Promise<readonly CopyValue[]>
  /** Where Home leads to those of these that name no address themselves; those that cannot be begun from here are left out. */
  launchUrls?(db: Db<TableName>, applications: readonly Application[]): Promise<ReadonlyMap<Id<'app'>, string>>
  /** Why these are not changed or ended with a tap, in a sentence, e.g. because a file says what they are. */
  keptElsewhere?(db: Db<TableName>, applications: readonly Application[]): Promise<ReadonlyMap<Id<'app'>, string>>
}

export type ApplicationKinds = Readonly<Partial<Record<Application['kind'], ApplicationKind>>>
