import type { CommitView, ComparisonView, PageOf } from '../../api/shapes.ts'

type Counted = Pick<ComparisonView, 'changes' | 'isComplete' | 'proven'>

const number = (count: number): string => count.toLocaleString('en')

export const saysChanges = ({ changes, isComplete }: Counted): string =>
  isComplete ? `${number(changes)} ${changes === 1 ? 'change' : 'changes'}` : `More than ${number(changes)} changes`

/** How many of the changes somebody tapped for; of very many, of the newest. */
export function saysProven({ changes, isComplete, proven }: Counted): string {
  const of = isComplete ? number(changes) : `the newest ${number(changes)}`
  if (proven === 0) return changes === 1 ? 'Not proven by a tap' : 'None proven by a tap'
  if (proven < changes) return `${number(proven)} of ${of} proven by a tap`
  if (changes === 1) return 'Proven by a tap'
  return isComplete ? 'Each proven by a tap' : `Each of ${of} proven by a tap`
}

/** As people call a branch or tag. */
export const shortRef = (name: string): string => name.replace(/^refs\/(heads|tags)\//, '')

/** What stands only in the version that was begun with. */
export function saysMissing({
  from,
  to,
  missing,
  base,
}: Pick<ComparisonView, 'from' | 'to' | 'missing' | 'base'>): string {
  const [early, late] = [shortRef(from.name), shortRef(to.name)]
  if (base === null)
    return `${early} and ${late} have no history in common: all changes of ${late} are listed, and files as they differ.`
  const some =
    missing >= 1000 ? `${number(missing)} commits or more` : missing === 1 ? 'one commit' : `${number(missing)} commits`
  return `${early} holds ${some} that ${late} does not. They are left out: shown is what ${late} adds to what both hold.`
}

/** The first page of changes, a line for each, as a tag's message tells them. */
export const changeLines = ({ items, nextCursor }: Pick<PageOf<Pick<CommitView, 'subject'>>, 'items' | 'nextCursor'>) =>
  items.length === 0
    ? 'Nothing changed.'
    : [...items.map(({ subject }) => `- ${cut(subject)}`), ...(nextCursor === null ? [] : ['- and more'])].join('\n')

const cut = (subject: string): string => (subject.length > 200 ? `${subject.slice(0, 199).toWellFormed()}…` : subject)
