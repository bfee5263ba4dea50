import { type Static, Type } from 'typebox'
import type { SensitiveAct } from '../../http/access.ts'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import { actOf } from '../act.ts'
import type { WriteLetter } from '../profile/own-letter.ts'
import type { Ceremonies } from '../registration.ts'
import { changeSetting, checkSetting, getSetting, isSettingName, type SettingName, settings } from '../settings.ts'

const ByName = Type.Object({ name: Type.String() })
const Value = Type.Object({ value: Type.Unknown() }, { additionalProperties: false })
const SettingView = Type.Object({
  name: Type.String(),
  words: Type.String(),
  value: Type.Unknown(),
  isDefault: Type.Boolean(),
})

/** What owners set for the whole organisation. */
export function settingRoutes(
  app: App,
  { ceremonies: { database, now }, writeLetter }: { ceremonies: Ceremonies; writeLetter: WriteLetter },
): void {
  const isMailSetUp = writeLetter !== null
  const named = (name: string): SettingName => {
    if (!isSettingName(name)) throw notFound('This setting')
    return name
  }
  const view = async (name: SettingName): Promise<Static<typeof SettingView>> => {
    const value = await getSetting(database.read, name)
    return { name, words: settings[name].words, value, isDefault: value === settings[name].default }
  }
  const change: SensitiveAct = {
    name: 'setting.change',
    async describe(request) {
      const name = named((request.params as Static<typeof ByName>).name)
      const { words } = settings[name]
      const { value } = request.body as Static<typeof Value>
      checkSetting({ name, value, isMailSetUp })
      return {
        title: `Set “${words}” to ${String(value)}`,
        rows: [{ label: words, value: String(value), kind: 'text' }],
      }
    },
  }

  app.get('/api/v1/settings', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: Type.Object({ items: Type.Array(SettingView) }) } },
    handler: async () => ({ items: await Promise.all((Object.keys(settings) as SettingName[]).map(view)) }),
  })

  app.put('/api/v1/settings/:name', {
    config: { access: 'organisation:owner', act: change },
    schema: { params: ByName, body: Value, response: { 200: SettingView } },
    async handler(request) {
      const name = named(request.params.name)
      await changeSetting(database, actOf(request, now), { name, value: request.body.value, isMailSetUp })
      return view(name)
    },
  })
}
