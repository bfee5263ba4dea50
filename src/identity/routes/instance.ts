import type { App } from '../../http/app.ts'
import { permitsAnybody } from '../../policy/permits.ts'
import type { Ceremonies } from '../registration.ts'
import { getSetting } from '../settings.ts'
import { Instance } from '../shapes.ts'

/** What the sign-in page needs to know before anybody is known. */
export function instanceRoutes(app: App, { ceremonies, version }: { ceremonies: Ceremonies; version: string }): void {
  const { database, place, policy, now } = ceremonies
  app.get('/api/v1/instance', {
    config: { access: 'public' },
    schema: { response: { 200: Instance } },
    async handler() {
      const row = await database.read.selectFrom('instance').select('setUpAt').executeTakeFirst()
      return {
        url: place.origin,
        rpId: place.rpId,
        isSetUp: row !== undefined && row.setUpAt !== null,
        takesRegistrations: await getSetting(database.read, 'selfRegistration'),
        isLocalhost: place.rpId === 'localhost',
        takesPasswords: permitsAnybody(policy.current(), now()),
        version,
      }
    },
  })
}
