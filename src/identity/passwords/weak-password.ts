/** Of zxcvbn's scale from 0 to 4, "safely unguessable: moderate protection from offline attacks". */
const leastScore = 3
export const leastLength = 10
export const mostLength = 200

let loaded: Promise<(password: string, own: readonly string[]) => number> | undefined

/** The lists are megabytes and are read when somebody first chooses a password. */
function load(): NonNullable<typeof loaded> {
  const libraries = [import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')] as const
  loaded ??= Promise.all(libraries).then(([{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }]) => {
    const zxcvbn = new ZxcvbnFactory({ graphs: adjacencyGraphs, dictionary })
    // What is longer than the lists have words for costs time and says nothing more.
    return (password, own) => zxcvbn.check(password.slice(0, 72), [...own]).score
  })
  return loaded
}

/**
 * Why a password is too easy to guess, in a sentence; undefined where it is not.
 * @param own names and addresses of the person, which are the first that anybody tries
 */
export async function findWeakness(password: string, own: readonly string[]): Promise<string | undefined> {
  if (Array.from(password).length < leastLength) return `A password has ${leastLength} characters at least.`
  const score = await load()
  return score(password, own) < leastScore
    ? 'This password is among the first that anybody would try: it is common, or made of common parts.'
    : undefined
}
