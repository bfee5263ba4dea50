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
  const redmine = await startRedmine(office.folder, {
    configuration: `default:
  postern_issuer: ${office.postern.origin}
  postern_audience: ${office.addressOf(tool)}
  postern_groups: [${crew}, ${guests}]
`,
    settings: { login_required: '1' },
    groups: [crew, guests],
    people: [mo],
    projects: [
      { name: 'Website', identifier: 'website', groups: [crew, guests], issues: issues.website, file },
      { name: 'Payroll', identifier: 'payroll', groups: [crew], issues: issues.payroll },
    ],
  })
  await office.addRoute(tool, redmine.url)
  return redmine
}
