import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { ConnectorList } from '../../api/shapes.ts'

interface ConnectorChoiceProps {
  name: string | undefined
  onChange: (name: string | null) => void
  error: string | null
}

/** What carries a route to a tool that this server does not reach, by name; nothing where there is none to choose. */
export function ConnectorChoice({ name, onChange, error }: ConnectorChoiceProps) {
  const { data } = useQuery(getQuery<ConnectorList>('/connectors'))
  const connectors = data?.items ?? []
  if (connectors.length === 0 && name === undefined) return null
  const known = connectors.map((one) => ({
    value: one.name,
    label: one.isConnected ? one.name : `${one.name} (not connected)`,
  }))
  return (
    <Select
      label="Through a connector"
      description="For a tool in a network that only dials out"
      placeholder="No: this server reaches it"
      data={name === undefined || connectors.some((one) => one.name === name) ? known : [...known, name]}
      clearable
      value={name ?? null}
      onChange={onChange}
      error={error}
    />
  )
}
