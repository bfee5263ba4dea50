import { type Static, Type } from 'typebox'
import type { Db } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import type { SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { conflict } from '../../http/problem.ts'
import { FreeText, Page } from '../../http/shapes.ts'
import { actOf } from '../act.ts'
import { getActor } from '../actor.ts'
import { checkAccountScope, getCaller } from '../caller.ts'
import {
  checkMayChangeRole,
  checkMayKeepMembers,
  createGroup,
  deleteGroup,
  getGroup,
  isGroupMember,
  refuseTakenGroupName,
  setGroupMember,
  setGroupRole,
} from '../groups.ts'
import { roleWords } from '../change-role.ts'
import { getGroupView, listGroupMembers, listGroups } from '../list-groups.ts'
import { getPersonByName } from '../people.ts'
import type { Ceremonies } from '../registration.ts'
import { Group, GroupMember } from '../shapes.ts'

const GroupName = Type.String({
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9-]{1,62}$',
  description: '2–63 characters: a–z, A–Z, 0–9, -',
})
const ByName = Type.Object({ name: Type.String() })
const ListQuery = Type.Object({ ...CursorQuery, q: Type.Optional(Type.String({ maxLength: 100 })) })
const NewGroup = Type.Object({ name: GroupName, description: FreeText(500) })
const GroupChange = Type.Object({ organisationRole: Group.properties.organisationRole })
const Membership = Type.Object({ name: Type.String(), username: Type.String() })

/** Groups of people. Whoever is in one may do what was given to it, so each change takes a tap. */
export function groupRoutes(
  app: App,
  {
    ceremonies,
    forgetGroupGrants,
    findToolNaming,
  }: {
    ceremonies: Ceremonies
    forgetGroupGrants: Parameters<typeof deleteGroup>[3]['forgetGrants']
    /** The tool whose own rules name a group. */
    findToolNaming: (db: Db<TableName>, group: string) => Promise<string | undefined>
  },
): void {
  const { database, now } = ceremonies

  const create: SensitiveAct = {
    name: 'group.create',
    async describe(request) {
      const { name, description } = request.body as Static<typeof NewGroup>
      await refuseTakenGroupName(database.read, name)
      return {
        title: `Create the group ${name}`,
        rows: [
          { label: 'Group', value: name, kind: 'text' },
          ...(description === '' ? [] : [{ label: 'What it is for', value: description, kind: 'text' as const }]),
        ],
      }
    },
  }
  const remove: SensitiveAct = {
    name: 'group.delete',
    async describe(request) {
      const { name } = request.params as Static<typeof ByName>
      const group = await getGroupView(database.read, name)
      checkMayKeepMembers(getActor(request), await getGroup(database.read, name))
      await refuseNamed(database.read, group.name)
      return {
        title: `Delete the group ${group.name}`,
        rows: [
          { label: 'Group', value: group.name, kind: 'text' },
          { label: 'People in it', value: String(group.memberCount), kind: 'text' },
        ],
        subjects: [actSubject('group', group.id)],
      }
    },
  }
  const membership = (
    name: string,
    { isMember, titleOf }: { isMember: boolean; titleOf: (person: string, group: string) => string },
  ): SensitiveAct => ({
    name,
    async describe(request) {
      const { name: groupName, username } = request.params as Static<typeof Membership>
      const group = await getGroup(database.read, groupName)
      checkMayKeepMembers(getActor(request), group)
      const person = await getPersonByName(database.read, username)
      const shown = `${person.displayName} (${person.username})`
      return {
        title: titleOf(shown, group.name),
        rows: [
          { label: 'Person', value: shown, kind: 'text' },
          { label: 'Group', value: group.name, kind: 'text' },
        ],
        subjects: [actSubject('group', group.id), actSubject('person', person.id)],
        isSoAlready: (await isGroupMember(database.read, group.id, person.id)) === isMember,
      }
    },
  })
  const change: SensitiveAct = {
    name: 'group.change',
    async describe(request) {
      const { organisationRole } = request.body as Static<typeof GroupChange>
      const group = await getGroupView(database.read, (request.params as Static<typeof ByName>).name)
      checkMayChangeRole(getActor(request), group, organisationRole)
      return {
        title:
          organisationRole === null
            ? `Let the group ${group.name} give no role in the organisation`
            : `Make everybody in the group ${group.name} ${roleWords[organisationRole]} at least`,
        rows: [
          { label: 'Group', value: group.name, kind: 'text' },
          { label: 'People in it', value: String(group.memberCount), kind: 'text' },
        ],
        ...(group.isManaged && organisationRole === 'admin'
          ? { warnings: ['Whoever runs the directory then decides who is an administrator here.'] }
          : {}),
        subjects: [actSubject('group', group.id)],
      }
    },
  }
  const memberAct = {
    PUT: membership('group.member-add', {
      isMember: true,
      titleOf: (person, group) => `Put ${person} into the group ${group}`,
    }),
    DELETE: membership('group.member-remove', {
      isMember: false,
      titleOf: (person, group) => `Take ${person} out of the group ${group}`,
    }),
  }

  // Without its group the rule would quietly be about nobody, and later about whoever is in another of that name.
  const refuseNamed = async (db: Db<TableName>, name: string): Promise<void> => {
    const rule = ceremonies.policy.current().policy.rules.find(({ who }) => who.includes(`group:${name}`))
    if (rule !== undefined)
      throw conflict('named-by-guardrail', `The guardrail “${rule.title}” names this group.`, {
        help: 'Change that guardrail first.',
      })
    const tool = await findToolNaming(db, name)
    if (tool !== undefined)
      throw conflict('named-by-tool', `A rule of ${tool} names this group.`, {
        help: 'Change that rule first, under Applications or in the file that it stands in.',
      })
  }

  app.get('/api/v1/groups', {
    config: { access: 'user' },
    schema: { querystring: ListQuery, response: { 200: Page(Group) } },
    handler(request) {
      const caller = getCaller(request)
      checkAccountScope(caller)
      const { cursor, q } = request.query
      return listGroups(database.read, caller, { cursor, search: q })
    },
  })

  app.get('/api/v1/groups/:name/members', {
    config: { access: 'user' },
    schema: { params: ByName, querystring: Type.Object(CursorQuery), response: { 200: Page(GroupMember) } },
    handler(request) {
      const caller = getCaller(request)
      checkAccountScope(caller)
      return listGroupMembers(database.read, caller, { name: request.params.name, cursor: request.query.cursor })
    },
  })

  app.post('/api/v1/groups', {
    config: { access: 'organisation:admin', act: create },
    schema: { body: NewGroup, response: { 200: Group } },
    async handler(request) {
      await createGroup(database, actOf(request, now), request.body)
      return getGroupView(database.read, request.body.name)
    },
  })

  app.patch('/api/v1/groups/:name', {
    config: { access: 'organisation:admin', act: change },
    schema: { params: ByName, body: GroupChange, response: { 200: Group } },
    async handler(request) {
      const { name } = request.params
      await setGroupRole(database, actOf(request, now), { ...request.body, name })
      return getGroupView(database.read, name)
    },
  })

  app.delete('/api/v1/groups/:name', {
    config: { access: 'organisation:admin', act: remove },
    schema: { params: ByName, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await deleteGroup(database, actOf(request, now), request.params.name, {
        refuseNamed,
        forgetGrants: forgetGroupGrants,
      })
      return reply.code(204).send(null)
    },
  })

  for (const method of ['PUT', 'DELETE'] as const)
    app.route({
      method,
      url: '/api/v1/groups/:name/members/:username',
      config: { access: 'organisation:admin', act: memberAct[method] },
      schema: { params: Membership, response: { 200: Group } },
      async handler(request) {
        const { name, username } = request.params
        const isMember = method === 'PUT'
        if (!request.isSoAlready)
          await setGroupMember(database, actOf(request, now), { group: name, username, isMember })
        return getGroupView(database.read, name)
      },
    })
}
