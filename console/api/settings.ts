import { getQuery } from './queries.ts'
import type { Items } from './shapes.ts'

interface Setting {
  name: string
  value: unknown
}

/** What owners set for the organisation; administrators read it. */
export const settingsQuery = getQuery<Items<Setting>>('/settings')

export const settingOf = ({ items }: Items<Setting>, name: string): unknown =>
  items.find((setting) => setting.name === name)?.value
