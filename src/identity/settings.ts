import { type Static, type TSchema, Type } from 'typebox'
import { recordEvent } from '../audit/record.ts'
import { settingWords } from '../audit/setting-words.ts'
import type { Database, Db } from '../database/handles.ts'
import { isOfShape } from '../http/check-value.ts'
import { conflict, invalid } from '../http/problem.ts'
import type { Act } from './act.ts'
import { actorOf } from './caller.ts'

/** What an owner can set for the organisation: its default, what it may be, and its words. */
export const settings = {
  guestDays: {
    schema: Type.Integer({ minimum: 1, maximum: 730 }),
    default: 90,
    words: settingWords.guestDays,
  },
  certificateHours: {
    schema: Type.Integer({ minimum: 1, maximum: 24 }),
    default: 8,
    words: settingWords.certificateHours,
  },
  recoveryDelayHours: {
    schema: Type.Integer({ minimum: 0, maximum: 336 }),
    default: 24,
    words: settingWords.recoveryDelayHours,
  },
  selfRegistration: {
    schema: Type.Boolean(),
    default: false,
    words: settingWords.selfRegistration,
    needsMail: true,
  },
  refuseCopiedPasskeys: {
    schema: Type.Boolean(),
    default: false,
    words: settingWords.refuseCopiedPasskeys,
  },
  deployKeyDays: {
    schema: Type.Integer({ minimum: 1, maximum: 3650 }),
    default: 365,
    words: settingWords.deployKeyDays,
  },
  keepDays: {
    schema: Type.Integer({ minimum: 1, maximum: 30 }),
    default: 14,
    words: settingWords.keepDays,
  },
  domainGraceDays: {
    schema: Type.Integer({ minimum: 1, maximum: 90 }),
    default: 14,
    words: settingWords.domainGraceDays,
  },
} as const

type Settings = typeof settings
export type SettingName = keyof Settings
export type SettingValue<Name extends SettingName> = Static<Settings[Name]['schema']>

export const isSettingName = (name: string): name is SettingName => Object.hasOwn(settings, name)

/** What holds now: what an owner has set, else the default. */
export async function getSetting<Name extends SettingName>(db: Db<'setting'>, name: Name): Promise<SettingValue<Name>> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', name).executeTakeFirst()
  const value: unknown = row === undefined ? settings[name].default : JSON.parse(row.value)
  // One that an older version kept and this one no longer takes counts as not set.
  return (isOfShape(settings[name].schema, value) ? value : settings[name].default) as SettingValue<Name>
}

/** @throws 422 for a value it cannot have, 409 for one that takes letters where none can be sent */
export function checkSetting({ name, value, isMailSetUp }: SettingChange): void {
  const schema: TSchema & { minimum?: number; maximum?: number } = settings[name].schema
  const { minimum, maximum } = schema
  if (!isOfShape(schema, value))
    throw invalid(
      'value',
      minimum === undefined
        ? 'This setting is true or false.'
        : `This setting is a whole number from ${minimum} to ${maximum}.`,
    )
  if ('needsMail' in settings[name] && value === true && !isMailSetUp)
    throw conflict('mail-not-set-up', `“${settings[name].words}” needs mail, and none is set up here.`, {
      help: 'The operator of this server sets POSTERN_SMTP_URL.',
    })
}

export interface SettingChange {
  name: SettingName
  value: unknown
  isMailSetUp: boolean
}

/** @throws as `checkSetting` */
export async function changeSetting(
  database: Database,
  { caller, takeSeal, now }: Act,
  change: SettingChange,
): Promise<void> {
  checkSetting(change)
  const { name, value } = change
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const row = { name, value: JSON.stringify(value), changedAt: at, changedBy: caller.id }
    const { name: _, ...changed } = row
    await tx
      .insertInto('setting')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(changed))
      .execute()
    await recordEvent(tx, {
      action: 'setting.changed',
      actor: actorOf(caller, seal),
      target: { kind: 'setting', id: name },
      facts: { setting: name, value: String(value), seal: seal.id },
      at,
    })
  })
}
