import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Schema } from '../database/schema.ts'

/** Whom a list of people can be narrowed to; without one it is everybody there ever was. */
export const peopleFilters = [
  'people', // who is here
  'guests',
  'guests-ending', // within 30 days
  'no-sponsor', // guests for whom nobody answers any more
  'no-passkey',
  'only-synced',
  'not-vouched', // with a passkey that came in by a link and nobody has vouched for
  'password', // who still signs in with one
  'managed', // by a directory or a domain
  'agents',
  'ended',
] as const
export type PeopleFilter = (typeof peopleFilters)[number]

/** Sorted by the day their access ends, the first first. */
export const isByEnd = (filter: PeopleFilter | undefined): boolean =>
  filter === 'guests' || filter === 'guests-ending' || filter === 'no-sponsor'

const monthMs = 30 * 86_400_000

type Builder = ExpressionBuilder<Schema, 'user'>

/** Each as a condition on `user`. */
export function conditionOf(filter: PeopleFilter, eb: Builder, at: number): Expression<SqlBool> {
  const isActive = eb('user.state', '=', 'active')
  const isPerson = eb.and([isActive, eb('user.kind', '=', 'person')])
  // The example people have no keys any more, and nobody could give them one.
  const isReal = eb.and([isPerson, eb('user.isDemo', '=', 0)])
  // By themselves: whom a group has made more since still has an end date, and somebody who answers for them.
  const isGuest = eb.and([isPerson, eb(eb.fn.coalesce('user.baseRole', 'user.role'), '=', 'guest')])
  const keys = eb
    .selectFrom('credentialRecord')
    .select('credentialRecord.id')
    .whereRef('credentialRecord.userId', '=', 'user.id')
    .where('credentialRecord.endedAt', 'is', null)
  switch (filter) {
    case 'people':
      return isPerson
    case 'guests':
      return isGuest
    case 'guests-ending':
      return eb.and([isGuest, eb('user.endsAt', '<=', at + monthMs)])
    case 'no-sponsor':
      return eb.and([isGuest, eb.not(eb.exists(activeSponsor(eb, at)))])
    case 'no-passkey':
      return eb.and([isReal, eb.not(eb.exists(keys))])
    case 'only-synced':
      return eb.and([isReal, eb.exists(keys), eb.not(eb.exists(keys.where('credentialRecord.backupEligible', '=', 0)))])
    case 'not-vouched':
      return eb.and([
        isReal,
        eb.exists(
          keys.where('credentialRecord.endorsedBy', 'is', null).where('credentialRecord.enrolledVia', '!=', 'setup'),
        ),
      ])
    case 'password':
      return eb.and([
        isPerson,
        eb.exists(
          eb
            .selectFrom('passwordLogin')
            .select('passwordLogin.userId')
            .whereRef('passwordLogin.userId', '=', 'user.id'),
        ),
      ])
    case 'managed':
      return eb.and([isPerson, eb('user.managedBy', 'is not', null)])
    case 'agents':
      return eb.and([isActive, eb('user.kind', '=', 'agent')])
    case 'ended':
      return eb('user.state', '=', 'ended')
  }
}

const activeSponsor = (eb: Builder, at: number) =>
  eb
    .selectFrom('user as sponsor')
    .select('sponsor.id')
    .whereRef('sponsor.id', '=', 'user.sponsorId')
    .where('sponsor.state', '=', 'active')
    .where('sponsor.role', '!=', 'guest')
    .where((one) => one.or([one('sponsor.endsAt', 'is', null), one('sponsor.endsAt', '>', at)]))
