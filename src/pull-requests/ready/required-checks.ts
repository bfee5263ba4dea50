import type { StatusRow } from '../../checks/read-statuses.ts'
import type { BranchRule } from '../../repositories/branch-rule.ts'

type Required = BranchRule['checks'][number]

export interface JudgedCheck {
  name: string
  isRequired: boolean
  /** What counts; for one that nobody who may has set, the newest word all the same. */
  status: StatusRow | null
  /** Null where it is met, or not asked for. */
  whyNot: string | null
}

/** Each required check with its newest word by a token that may set it, then the others that said something. Pure. */
export function judgeChecks(required: readonly Required[], rows: readonly StatusRow[], head: string): JudgedCheck[] {
  const byName = Map.groupBy(rows, ({ name }) => name)
  const asked = required.map((check): JudgedCheck => {
    const said = byName.get(check.name) ?? []
    const status = said.find((row) => maySet(check, row)) ?? null
    if (status !== null) return { name: check.name, isRequired: true, status, whyNot: refusalOf(status) }
    const [other] = said
    const whyNot =
      other === undefined
        ? `“${check.name}” has said nothing about ${head.slice(0, 8)} yet.`
        : `“${check.name}” was not set with a token that this branch’s rule names for it, so its word does not count.`
    return { name: check.name, isRequired: true, status: other ?? null, whyNot }
  })
  const names = new Set(required.map(({ name }) => name))
  const others = [...byName].flatMap(([name, [status]]): JudgedCheck[] =>
    names.has(name) || status === undefined ? [] : [{ name, isRequired: false, status, whyNot: null }],
  )
  return [...asked, ...others.toSorted((one, other) => (one.name < other.name ? -1 : 1))]
}

const maySet = ({ tokenIds }: Required, { tokenId }: StatusRow): boolean =>
  tokenIds === null || (tokenId !== null && tokenIds.includes(tokenId))

function refusalOf({ name, state, description }: StatusRow): string | null {
  if (state === 'success') return null
  if (state === 'pending') return `“${name}” has not finished.`
  const said = description === '' ? '.' : `: ${description}`
  return state === 'failure' ? `“${name}” failed${said}` : `“${name}” broke before it could tell${said}`
}
