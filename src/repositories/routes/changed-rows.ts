import type { FactRow } from '../../http/access.ts'

const labels = { name: 'Name', description: 'Description', visibility: 'Who sees it' } as const
const visibilities = { private: 'only who was given a role', internal: 'everybody who signs in', public: 'anybody' }

type Changes = { [Field in keyof typeof labels]?: string | undefined }

/** What a change of a project or repository changes, each as it was and as it will be. */
export function changedRows(before: Changes, wanted: Changes): FactRow[] {
  const fields = Object.keys(labels) as (keyof typeof labels)[]
  const changed = fields.filter((field) => wanted[field] !== undefined && wanted[field] !== before[field])
  return changed.flatMap((field) => [
    { label: `${labels[field]} until now`, value: inWords(field, before[field]), kind: 'text' as const },
    { label: `${labels[field]} from now on`, value: inWords(field, wanted[field]), kind: 'text' as const },
  ])
}

/** Of a name that leads elsewhere until now. */
export const takenRows = (takenFrom: string | null): FactRow[] =>
  takenFrom === null
    ? []
    : [{ label: 'Former address of', value: `${takenFrom}, which it leads to no more`, kind: 'text' }]

function inWords(field: keyof typeof labels, value = ''): string {
  if (field === 'visibility') return `${value}: ${visibilities[value as keyof typeof visibilities]}`
  return value === '' ? 'none' : value
}
