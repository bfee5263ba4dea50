import { type Static, Type } from 'typebox'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { Page } from '../../http/shapes.ts'
import { actOf } from '../act.ts'
import { getActor } from '../actor.ts'
import { type InvitationParts, invitePeople, type Made } from './invite.ts'
import { listInvitations, renderInvitations } from './list-invitations.ts'
import { type InvitationPlan, planInvitations } from './plan-invitations.ts'
import { getOpenInvitation, resendInvitation, withdrawInvitation } from './resend.ts'
import { InvitationMade, InvitationView, NewInvitations } from './shapes.ts'
import { whatWords } from './what-words.ts'

const ById = Type.Object({ id: Type.String() })
const Resent = Type.Object({ byMail: Type.Optional(Type.Boolean()) }, { additionalProperties: false })
const ListQuery = Type.Object({ ...CursorQuery, state: Type.Optional(Type.Literal('open')) })

/** People who are asked in. An account comes to be only when one of them registers. */
export function invitationRoutes(app: App, parts: InvitationParts): void {
  const { database, places, now } = parts
  const render = async ({ row, link }: Made) => {
    const [invitation] = await renderInvitations(database.read, places, [row], now())
    if (invitation === undefined) throw new Error('one invitation is rendered as one')
    return { invitation, link }
  }

  const invite: SensitiveAct = {
    name: 'person.invite',
    async describe(request) {
      const wanted = request.body as NewInvitations
      const plan = await planInvitations(database.read, places, { caller: getActor(request), wanted, at: now() })
      const count = plan.emails.length
      return {
        title: `Invite ${count === 1 ? plan.emails[0] : `${count} people`} ${whatWords(plan, [])}`,
        rows: rowsOf(plan),
        subjects: [actSubject('gives', idsOf(plan))],
      }
    },
  }
  const change = (title: (email: string) => string): SensitiveAct => ({
    name: 'person.invite',
    async describe(request) {
      const { id } = request.params as Static<typeof ById>
      const row = await getOpenInvitation(database.read, getActor(request), id)
      const [view] = await renderInvitations(database.read, places, [row], now())
      return {
        title: title(row.email),
        rows: [
          { label: 'E-mail', value: row.email, kind: 'text' },
          { label: 'As', value: whatWords(row, view?.grants ?? []), kind: 'text' },
        ],
        subjects: [actSubject('invitation', row.id)],
      }
    },
  })

  app.get('/api/v1/invitations', {
    config: { access: 'organisation:admin' },
    schema: { querystring: ListQuery, response: { 200: Page(InvitationView) } },
    handler: ({ query: { cursor, state } }) =>
      listInvitations(database.read, places, { cursor, open: state === 'open', at: now() }),
  })

  app.post('/api/v1/invitations', {
    config: { access: 'organisation:admin', act: invite },
    schema: { body: NewInvitations, response: { 200: Type.Object({ items: Type.Array(InvitationMade) }) } },
    async handler(request) {
      const made = await invitePeople(parts, actOf(request, now), request.body)
      return { items: await Promise.all(made.map(render)) }
    },
  })

  app.post('/api/v1/invitations/:id/resend', {
    config: { access: 'organisation:admin', act: change((email) => `Make a new link for ${email}`) },
    schema: { params: ById, body: Resent, response: { 200: InvitationMade } },
    async handler(request) {
      const { id } = request.params
      return render(await resendInvitation(parts, actOf(request, now), { id, byMail: request.body.byMail }))
    },
  })

  app.delete('/api/v1/invitations/:id', {
    config: { access: 'organisation:admin', act: change((email) => `Withdraw the invitation of ${email}`) },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await withdrawInvitation(parts, actOf(request, now), request.params.id)
      return reply.code(204).send(null)
    },
  })
}

function rowsOf({ emails, role, groups, grants, endsAt, sponsor, message }: InvitationPlan): FactRow[] {
  const text = (label: string, value: string): FactRow[] => (value === '' ? [] : [{ label, value, kind: 'text' }])
  return [
    ...text(emails.length === 1 ? 'E-mail' : `${emails.length} addresses`, emails.join(', ')),
    ...text('Role', role),
    ...text('Groups', groups.map(({ name }) => name).join(', ')),
    ...text('May reach', grants.map(({ path, role: inPlace }) => `${path} (${inPlace})`).join(', ')),
    ...(endsAt === null ? [] : [{ label: 'Access ends', value: String(endsAt), kind: 'time' as const }]),
    ...text('Answers for them', sponsor === null ? '' : `${sponsor.displayName} (${sponsor.username})`),
    ...text('Message', message),
  ]
}

/** What is given, by ids: names could come to mean others before the tap. */
const idsOf = ({ groups, grants }: InvitationPlan): string =>
  [...groups.map(({ id }) => id), ...grants.map(({ scopeId, role }) => `${scopeId} ${role}`)].sort().join('\n')
