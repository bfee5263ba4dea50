import { type Static, Type } from 'typebox'
import { Nullable, Time } from '../../http/shapes.ts'
import { OrganisationRole } from '../shapes.ts'
import { mostBytes } from './read-list.ts'

export const List = Type.Object(
  {
    format: Type.Union([Type.Literal('csv'), Type.Literal('json')]),
    text: Type.String({ minLength: 1, maxLength: mostBytes }),
  },
  { additionalProperties: false },
)
export type List = Static<typeof List>

const LeftOut = Type.Object({ row: Type.Integer(), username: Type.String(), problems: Type.Array(Type.String()) })

/** What importing a list would do. */
export const ImportPreview = Type.Object({
  total: Type.Integer(),
  /** Who keep the password they know, until they have a passkey. */
  passwords: Type.Integer(),
  /** Who get a link to make a passkey. */
  invited: Type.Integer(),
  leftOut: Type.Integer(),
  /** Links go out by mail; else they are shown to whoever imports. */
  byMail: Type.Boolean(),
  /** Those with a problem or a note first; of many the first few hundred. */
  rows: Type.Array(
    Type.Object({
      row: Type.Integer(),
      username: Type.String(),
      email: Type.String(),
      displayName: Type.String(),
      role: OrganisationRole,
      groups: Type.Array(Type.String()),
      endsAt: Nullable(Time),
      keepsPassword: Type.Boolean(),
      notes: Type.Array(Type.String()),
      problems: Type.Array(Type.String()),
    }),
  ),
})
export type ImportPreview = Static<typeof ImportPreview>

export const ImportDone = Type.Object({
  created: Type.Integer(),
  passwords: Type.Integer(),
  invited: Type.Integer(),
  leftOut: Type.Array(LeftOut),
  links: Type.Array(
    Type.Object({ username: Type.String(), email: Type.String(), link: Type.String(), expiresAt: Time }),
  ),
})
export type ImportDone = Static<typeof ImportDone>
