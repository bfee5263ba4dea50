import { type Static, Type } from 'typebox'
import { listEvents } from '../../audit/list.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import type { Id } from '../../database/id.ts'
import { actOf } from '../act.ts'
import type { RecoveryStops } from '../recovery/begin-recovery.ts'
import { createGuessBudget } from '../recovery/guess-budget.ts'
import { linkUrl } from '../registration-links.ts'
import type { Ceremonies } from '../registration.ts'
import { Username } from '../shapes.ts'
import { listBreakGlass } from './list-codes.ts'
import { getLetIn, makeBreakGlassCode } from './make-code.ts'
import { getReviewable, notUsed, reviewBreakGlass } from './review.ts'
import { BreakGlassEvents, BreakGlassView } from './shapes.ts'
import { mostWrongCodes, useBreakGlassCode } from './use-code.ts'

const ById = Type.Object({ id: Type.String() })
const LetIn = Type.Object({ username: Username }, { additionalProperties: false })
const UsedCode = Type.Object({ code: Type.String({ maxLength: 200 }) }, { additionalProperties: false })
const Review = Type.Object({ keepPasskey: Type.Boolean() }, { additionalProperties: false })

/**
 * A sealed code, printed and kept off-line, for the day no owner gets in. It lets one owner in, once; everybody who
 * administers the organisation hears of it, and somebody else has to review it. It lifts no guardrail.
 */
export function breakGlassRoutes(
  app: App,
  { ceremonies, stops, onUsed }: { ceremonies: Ceremonies; stops: RecoveryStops; onUsed: () => void },
): void {
  const { database, place, now } = ceremonies
  const budget = createGuessBudget({ most: mostWrongCodes, now })

  const make: SensitiveAct = {
    name: 'break-glass.make',
    async describe(request) {
      const { username } = request.body as Static<typeof LetIn>
      const user = await getLetIn(database.read, username)
      return {
        title: `Make a break-glass code that lets ${user.displayName} (${user.username}) in`,
        rows: [
          { label: 'Lets in', value: `${user.displayName} (${user.username}), owner`, kind: 'text' },
          { label: 'A former unused code', value: 'No longer works from now on', kind: 'text' },
        ],
        warnings: [
          'Whoever holds it becomes this owner. Print it, seal it, lock it away; keep no copy in any computer.',
        ],
        subjects: [actSubject('person', user.id)],
      }
    },
  }
  const review: SensitiveAct = {
    name: 'break-glass.review',
    async describe(request) {
      const { id } = request.params as Static<typeof ById>
      const { row, user } = await getReviewable(database.read, actOf(request, now).caller, id)
      const { keepPasskey } = request.body as Static<typeof Review>
      return {
        title: `Review the use of the break-glass code of ${user.displayName}`,
        rows: [
          { label: 'Used', value: String(row.usedAt), kind: 'time' },
          {
            label: 'Its passkey',
            value: keepPasskey
              ? 'Stays'
              : 'Ends, with all sessions, API tokens and accounts elsewhere of this account, and what it made for agents since',
            kind: 'text',
          },
        ],
        subjects: [actSubject('break-glass', row.id)],
      }
    },
  }

  app.get('/api/v1/break-glass', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: Type.Object({ items: Type.Array(BreakGlassView) }) } },
    handler: async () => ({ items: await listBreakGlass(database.read) }),
  })

  app.post('/api/v1/break-glass', {
    config: { access: 'organisation:owner', act: make },
    schema: { body: LetIn, response: { 200: Type.Object({ code: Type.String() }) } },
    async handler(request) {
      return { code: await makeBreakGlassCode(database, actOf(request, now), request.body.username) }
    },
  })

  app.post('/api/v1/break-glass/use', {
    config: { access: 'public' },
    schema: { body: UsedCode, response: { 200: Type.Object({ link: Type.String(), expiresAt: Type.Integer() }) } },
    async handler(request) {
      const { code } = request.body
      const { token, expiresAt } = await useBreakGlassCode({ database, budget, now }, { code, address: request.ip })
      onUsed()
      return { link: linkUrl(place.origin, token), expiresAt }
    },
  })

  app.get('/api/v1/break-glass/:id/events', {
    config: { access: 'organisation:admin' },
    schema: {
      params: ById,
      querystring: Type.Object({ cursor: Type.Optional(Type.String()) }),
      response: { 200: BreakGlassEvents },
    },
    async handler(request) {
      const row = await database.read
        .selectFrom('breakGlass')
        .innerJoin('user', 'user.id', 'breakGlass.userId')
        .select(['breakGlass.usedAt', 'breakGlass.reviewedAt', 'user.username'])
        .where('breakGlass.id', '=', request.params.id as Id<'bgc'>)
        .executeTakeFirst()
      if (row === undefined) throw notFound('This break-glass code')
      if (row.usedAt === null) throw notUsed()
      const { items, nextCursor } = await listEvents(database.read, {
        actor: row.username,
        from: row.usedAt,
        to: row.reviewedAt ?? undefined,
        cursor: request.query.cursor,
      })
      return { items: items.map(({ id, occurredAt, sentence }) => ({ id, occurredAt, sentence })), nextCursor }
    },
  })

  app.post('/api/v1/break-glass/:id/review', {
    config: { access: 'organisation:admin', act: review },
    schema: { params: ById, body: Review, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const { id } = request.params
      await reviewBreakGlass({ database, stops }, actOf(request, now), { id, keepPasskey: request.body.keepPasskey })
      return reply.code(204).send(null)
    },
  })
}
