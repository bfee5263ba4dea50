import { type Static, Type } from 'typebox'
import { Nullable, Time } from '../../http/shapes.ts'

export type * from '../route-settings.ts'
export type * from './route-form.ts'

/** Whether a tool behind the proxy answers, as far as this server knows. */
export const RouteStateView = Type.Object({
  /** Where people open it. */
  address: Type.String(),
  state: Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('unknown')]),
  /** When it was last heard of, and since when it is so. */
  at: Nullable(Time),
  since: Nullable(Time),
  /** What went wrong last, in a sentence. */
  problem: Nullable(Type.String()),
})
export type RouteStateView = Static<typeof RouteStateView>
