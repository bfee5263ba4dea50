/**
 * Why a pattern of paths could never match, in a sentence; undefined where it can. Rules see a path in plain characters,
 * and requests that could be read in two ways never come so far.
 */
export function findPathProblem(path: string): string | undefined {
  if (!/\/\/|\\|;|%|\/\.\.?(\/|$)/.test(path)) return undefined
  return `${path} can never match: paths are compared in plain characters, and requests with //, .. or ; in them are refused.`
}
