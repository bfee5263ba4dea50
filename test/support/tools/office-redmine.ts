import assert from 'node:assert/strict'
import { linesByRecipe } from './by-recipe.ts'
import { crew, guests, type Office } from './office.ts'
import { mo } from './redmine-account.ts'
import { startRedmine, type StartedRedmine } from './redmine.ts'

export const fileBytes = 64 * 1024 ** 2

/**
 * Redmine behind a route: a project for the crew and the guests of the website, with a file of `fileBytes` to download,
 * and one for the crew alone.
 * @param issues subjects, by project
 */
export async function openRedmine(
  office: Office,
  tool: string,
  issues: { website: readonly string[]; payroll: readonly string[] },
): Promise<StartedRedmine> {
  const file = { name: 'film.bin', bytes: fileBytes }
  const [configuration] = linesByRecipe(office, 'redmine', tool)
  assert.match(configuration, /^ *postern_groups: \[crew\]$/m)
  const redmine = await startRedmine(office.folder, {
    configuration: configuration.replace('[crew]', `[${crew}, ${guests}]`),
    settings: { login_required: '1' },
    groups: [crew, guests],
    people: [mo],
    projects: [
      { name: 'Website', identifier: 'website', groups: [crew, guests], issues: issues.website, file },
      { name: 'Payroll', identifier: 'payroll', groups: [crew], issues: issues.payroll },
    ],
  })
  const { issuer, audience } = await office.addRoute(tool, redmine.url, 'redmine')
  assert.deepEqual([issuer, audience], [office.postern.origin, office.addressOf(tool)])
  return redmine
}
