import { MultiSelect, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { ApplicationSummary, Items, Rule } from '../../api/shapes.ts'
import { pathsProblem } from './field-problems.ts'

type Where = NonNullable<Rule['where']>

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Which tools a rule is about, and which parts of those behind the proxy. */
export function FormTools({ where, onChange }: { where: Where; onChange: (where: Where) => void }) {
  const tools = useQuery(getQuery<Items<ApplicationSummary>>('/applications'))
  const known = new Map((tools.data?.items ?? []).map(({ slug, name }) => [slug, name]))
  return (
    <>
      <MultiSelect
        label="Only these tools"
        placeholder={where.applications?.length ? '' : 'Every tool'}
        data={[...new Set([...known.keys(), ...(where.applications ?? [])])].map((slug) => ({
          value: slug,
          label: known.get(slug) ?? slug,
        }))}
        value={where.applications ?? []}
        onChange={(applications) => onChange({ ...where, applications })}
        searchable
        nothingFoundMessage="No tool by that name"
      />
      <TagsInput
        label="Only on these paths behind the proxy"
        description="Press Enter after each; * stands for anything, as in /admin*"
        placeholder={where.paths?.length ? '' : 'Every path'}
        value={where.paths ?? []}
        error={pathsProblem(where.paths)}
        onChange={(paths) =>
          onChange({ ...where, paths: paths.map((path) => (path.startsWith('/') ? path : `/${path}`)) })
        }
      />
      <MultiSelect
        label="Only with these methods behind the proxy"
        placeholder={where.methods?.length ? '' : 'Every method'}
        data={[...new Set([...methods, ...(where.methods ?? [])])]}
        value={where.methods ?? []}
        onChange={(chosen) => onChange({ ...where, methods: chosen })}
      />
    </>
  )
}
