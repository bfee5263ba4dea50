import { fill } from '../../../console/pages/applications/fill-recipe.ts'
import { recipes } from '../../../src/applications/recipes/recipes.ts'
import type { Office } from './office.ts'

/** What a recipe has people paste into the product, block by block, as its page shows it for a tool of this office. */
export function linesByRecipe({ postern, addressOf }: Office, id: string, tool: string): [string, ...string[]] {
  const steps = recipes.find((recipe) => recipe.id === id)?.steps ?? []
  const values = { issuer: postern.origin, audience: addressOf(tool) }
  const [first, ...others] = steps.flatMap(({ code }) => (code === undefined ? [] : [fill(code, values)]))
  if (first === undefined) throw new Error(`the recipe ${id} has nothing to paste`)
  return [first, ...others]
}
