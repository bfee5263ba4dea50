import { recordEvent } from '../audit/record.ts'
import { Type } from 'typebox'
import type { Bus } from '../bus/bus.ts'
import type { Database } from '../database/handles.ts'
import type { SensitiveAct } from '../http/access.ts'
import { actSubject } from '../http/act-subject.ts'
import type { App } from '../http/app.ts'
import { actOf } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import { type EndableKeys, type SignOnKeys, signingKey } from './signing-keys.ts'

/** Every node forgets the keys that it holds. */
export const SIGNING_KEYS_ENDED = 'signing-keys-ended'

/** For the day a copy of the keys is in other hands: what signs for applications is made anew at once. */
export function keyRoutes(
  app: App,
  parts: {
    database: Database
    bus: Pick<Bus, 'publish' | 'on'>
    keys: () => Promise<SignOnKeys>
    /** Those of identity tokens, and of what tools behind the proxy are told. */
    endable: readonly EndableKeys[]
    now: () => number
  },
): void {
  const { database, bus, keys, endable, now } = parts
  const forget = (): number => {
    for (const each of endable) each.forget()
    return 0
  }
  bus.on(SIGNING_KEYS_ENDED, forget)
  const kid = async (): Promise<string> => signingKey(await keys(), 'ES256').kid ?? ''

  const endKeys: SensitiveAct = {
    name: 'application.change',
    async describe() {
      return {
        title: 'End the keys that sign for applications',
        rows: [
          { label: 'Identity tokens', value: 'are signed with new keys from now on', kind: 'text' },
          { label: 'Behind the proxy', value: 'what tools are told is, too', kind: 'text' },
          { label: 'The key until now', value: await kid(), kind: 'digest' },
        ],
        // Whoever taps a moment later would end keys that are new.
        subjects: [actSubject('signing-key', await kid())],
        warnings: [
          'A tool that keeps a copy of the keys lets nobody in until it reads the new ones, or believes the former until it is restarted: kube-apiserver does.',
          'Certificates of SAML are others: go on to the next one there.',
        ],
      }
    },
  }

  app.post('/api/v1/sign-on/keys/end', {
    config: { access: 'organisation:admin', act: endKeys },
    schema: { response: { 204: Type.Null() } },
    async handler(request, reply) {
      const { caller, takeSeal } = actOf(request, now)
      const former = await kid()
      await database.write(async (tx) => {
        const seal = await takeSeal(tx)
        const at = now()
        for (const each of endable) await each.end(tx)
        await bus.publish(tx, SIGNING_KEYS_ENDED, former, at)
        await recordEvent(tx, {
          action: 'sign-on.keys-ended',
          actor: actorOf(caller, seal),
          target: { kind: 'signing-key', id: former },
          facts: { key: former, seal: seal.id },
          at,
        })
      })
      forget()
      return reply.code(204).send(null)
    },
  })
}
