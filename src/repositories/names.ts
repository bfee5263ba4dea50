import { invalid } from '../http/problem.ts'

/** Every first part of a path that is, or may become, the product's own. `test/` holds it against the route table. */
export const reservedRoots: readonly string[] = [
  '-', 'api', 'assets', 'git', 'healthz', 'ledger', 'metrics', 'oidc', 'proxy', 'readyz', 's', 'saml', 'scim',
  '.well-known', 'admin', 'login', 'postern', 'robots.txt', 'favicon.ico', 'favicon.svg', 'static', 'docs', 'verify',
] // prettier-ignore

const pattern = /^[a-z0-9][a-z0-9._-]{1,63}$/i

/** Whether this could be the name of a project or repository at all; reserved ones included. */
export const isName = (name: string): boolean => problemOf(name) === undefined

/** @throws 422 with the one thing that is wrong with the name of a new project */
export function checkProjectName(name: string): void {
  checkRepositoryName(name)
  if (reservedRoots.includes(name.toLowerCase()))
    throw invalid('name', `The name ${name} is reserved. Choose another one.`)
}

/** @throws 422 with the one thing that is wrong with the name of a new repository */
export function checkRepositoryName(name: string): void {
  const problem = problemOf(name)
  if (problem !== undefined) throw invalid('name', problem)
}

function problemOf(name: string): string | undefined {
  if (name.length < 2 || name.length > 64) return 'A name has 2 to 64 characters.'
  if (!pattern.test(name)) return 'A name has letters, digits, “-”, “_” and “.”, and begins with a letter or a digit.'
  if (name.includes('..')) return 'A name may not contain “..”.'
  if (/\.(git|lock|wiki)$/i.test(name) || name.endsWith('.'))
    return 'A name may not end with “.”, “.git”, “.lock” or “.wiki”.'
  return undefined
}
