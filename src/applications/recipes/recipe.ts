import { type Static, Type } from 'typebox'
import { ApplicationKindName, CopiedValue } from '../shapes.ts'

/**
 * How one product is set up: what its form begins with, and what is put where over there. Data only. In texts and
 * settings `{name}` stands for what the administrator was asked (`asks`) or for a value of the kind (`clientId`).
 */
export const Recipe = Type.Object({
  id: Type.String(),
  /** As its makers write it. */
  product: Type.String(),
  kind: ApplicationKindName,
  /** What it is, in a few words. */
  about: Type.String(),
  /** `product`: a test of ours signs somebody in to the real thing; `documentation`: written from what its makers say. */
  ran: Type.Union([Type.Literal('product'), Type.Literal('documentation')]),
  /** Where its makers describe it. */
  source: Type.String(),
  /** How that page is headed. */
  sourceName: Type.String(),
  /** What only the administrator knows. */
  asks: Type.Array(
    Type.Object({
      name: Type.String(),
      label: Type.String(),
      example: Type.String(),
      hint: Type.Optional(Type.String()),
    }),
  ),
  slug: Type.String(),
  description: Type.String(),
  /** Where Home leads; null where the kind knows. */
  launchUrl: Type.Union([Type.String(), Type.Null()]),
  settings: Type.Record(Type.String(), Type.Unknown()),
  /** What to do over there, in order. `code` is copied as a whole; `values` are copied one by one. */
  steps: Type.Array(
    Type.Object({
      text: Type.String(),
      values: Type.Optional(Type.Array(Type.String())),
      code: Type.Optional(Type.String()),
    }),
  ),
  /** What to know before, e.g. which edition it takes. */
  notes: Type.Array(Type.String()),
})
export type Recipe = Static<typeof Recipe>

export const RecipeList = Type.Object({
  items: Type.Array(Recipe),
  /** The kinds there are, each with what is known before an application of it is made. */
  kinds: Type.Array(Type.Object({ kind: ApplicationKindName, title: Type.String(), values: Type.Array(CopiedValue) })),
})
export type RecipeList = Static<typeof RecipeList>
