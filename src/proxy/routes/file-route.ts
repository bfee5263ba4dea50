import { type Static, Type } from 'typebox'
import { ApplicationAudience, ApplicationSlug } from '../../applications/shapes.ts'
import { FreeText, OneLine } from '../../http/shapes.ts'
import { RouteForm } from './route-form.ts'

/** One route in `routes.yaml`, under its short name: who may beside where it leads. */
export const FileRoute = Type.Object(
  {
    /** As people see it; its short name where there is none. */
    name: Type.Optional(OneLine(60)),
    description: Type.Optional(FreeText(160)),
    /** The recipe of the tool, for its picture and words. */
    recipe: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{1,40}$' })),
    /** One of these two has to be there: nothing is open by being left out. */
    audience: Type.Optional(Type.Union([ApplicationAudience.anyOf[0], ApplicationAudience.anyOf[1]])),
    groups: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100 })),
    strength: Type.Optional(
      Type.Union([Type.Literal('passkey'), Type.Literal('device-bound'), Type.Literal('attested')]),
    ),
    ...RouteForm.properties,
  },
  { additionalProperties: false },
)
export type FileRoute = Static<typeof FileRoute>

export const shortName = ApplicationSlug
export const shortNameWords = '2–39 characters: small letters, digits and hyphens, beginning with a letter or a digit'
