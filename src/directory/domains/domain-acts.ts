import { domainToUnicode } from 'node:url'
import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { Db } from '../../database/handles.ts'
import type { FactRow, SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import { notFound } from '../../http/problem.ts'
import { getActor } from '../../identity/actor.ts'
import { checkMayEnd } from '../../identity/ending/end-person.ts'
import { getSetting } from '../../identity/settings.ts'
import { checkVerified, listUsersByName, whyNot } from './claim-accounts.ts'
import { countAccounts } from './list-domains.ts'
import { parseDomainName } from './domain-name.ts'
import { getDomain } from './find-domain.ts'
import type { NewClaims } from './shapes.ts'

type Readable = Db<'domain' | 'domainClaim' | 'user' | 'setting' | 'accessEnd'>

const text = (label: string, value: string): FactRow => ({ label, value, kind: 'text' })
const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`)
/** So many are named; the seal is over all of them. */
const named = 20

/** What a person reads before they tap for something about a domain. */
export function domainActs(db: Readable): Record<'add' | 'remove' | 'claim' | 'decide', SensitiveAct> {
  const rowOf = (request: FastifyRequest) => getDomain(db, (request.params as { id: string }).id)
  return {
    add: {
      name: 'domain.add',
      async describe(request) {
        const name = parseDomainName((request.body as { name: string }).name)
        const unicode = domainToUnicode(name)
        return {
          title: `Add the domain ${name}`,
          rows: [
            text('Domain', name),
            ...(unicode === name ? [] : [text('As people read it', unicode)]),
            text('From then on', 'nothing changes until a DNS record or a file shows that it is yours'),
          ],
        }
      },
    },
    remove: {
      name: 'domain.remove',
      async describe(request) {
        const domain = await rowOf(request)
        const { managed, noticed, objected } = await countAccounts(db, domain)
        return {
          title: `Remove the domain ${domain.name}`,
          rows: [
            text('Domain', domain.name),
            text('People it manages', `${people(managed)}: they manage themselves from then on`),
            text('People it wants to manage', `${people(noticed + objected)}: they stay as they are`),
          ],
          warnings: ['Nobody’s access ends by this.'],
          subjects: [actSubject('domain', domain.id)],
        }
      },
    },
    claim: {
      name: 'domain.claim',
      async describe(request) {
        const domain = await rowOf(request)
        checkVerified(domain)
        const { usernames } = request.body as Static<typeof NewClaims>
        const users = await listUsersByName(db, usernames)
        const fit = usernames.flatMap((name) => {
          const user = users.get(name)
          return user !== undefined && whyNot(user, domain.name) === undefined ? [user] : []
        })
        const more = fit.length - named
        return {
          title: `Manage ${people(fit.length)} at ${domain.name}`,
          rows: [
            text('Domain', domain.name),
            ...fit
              .slice(0, named)
              .map(({ displayName, username, role }) => text('Person', `${displayName} (${username}), ${role}`)),
            ...(more > 0 ? [text('And', `${more} more`)] : []),
            text('They are told now, and managed in', `${await getSetting(db, 'domainGraceDays')} days`),
          ],
          warnings: ['From then on they cannot change their address or leave alone. Their work, keys and access stay.'],
          subjects: [actSubject('domain', domain.id)],
        }
      },
    },
    decide: {
      name: 'domain.decide',
      async describe(request) {
        const domain = await rowOf(request)
        const { claim } = request.params as { claim: string }
        const isEnding = (request.body as { decision: string }).decision === 'end-access'
        const user = await db
          .selectFrom('domainClaim')
          .innerJoin('user', 'user.id', 'domainClaim.userId')
          .selectAll('user')
          .where('domainClaim.id', '=', claim as `clm_${string}`)
          .where('domainClaim.domainId', '=', domain.id)
          .executeTakeFirst()
        if (user === undefined) throw notFound('This claim')
        if (isEnding) await checkMayEnd(db, getActor(request), user)
        const who = `${user.displayName} (${user.username})`
        return {
          title: isEnding ? `End the access of ${who}` : `Let ${who} go unmanaged`,
          rows: [text('Person', who), text('Objects to being managed by', domain.name)],
          ...(isEnding ? { warnings: ['All sessions, tokens and keys of this person end at once.'] } : {}),
          subjects: [actSubject('person', user.id)],
        }
      },
    },
  }
}
