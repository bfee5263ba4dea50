import { type Static, Type } from 'typebox'
import { RouteSettings } from '../route-settings.ts'

/** A route as the console and the API say it: its name on the network, and where it leads and how. */
export const RouteForm = Type.Object(
  { host: Type.String({ minLength: 1, maxLength: 253 }), ...RouteSettings.properties },
  { additionalProperties: false },
)
export type RouteForm = Static<typeof RouteForm>
