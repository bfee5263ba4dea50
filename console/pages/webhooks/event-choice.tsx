import { Box, Checkbox, Fieldset, Radio, Stack } from '@mantine/core'
import type { EventGroup } from '../../api/shapes.ts'
import { eventWords } from './webhook-words.ts'

interface EventChoiceProps {
  groups: EventGroup[]
  value: string[]
  onChange: (events: string[]) => void
  error?: React.ReactNode
}

/** Everything, or events out of groups; what was chosen stays while one looks at the other. */
export function EventChoice({ groups, value, onChange, error }: EventChoiceProps) {
  const isAll = value.includes('*')
  const chosen = value.filter((event) => event !== '*')
  return (
    <Stack gap="sm">
      <Radio.Group
        label="It is told of"
        value={isAll ? 'all' : 'some'}
        onChange={(which) => onChange(which === 'all' ? ['*', ...chosen] : chosen)}
        error={error}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="all" label="Everything" description="Also what Postern learns to tell later" />
          <Radio value="some" label="Only what I choose" />
        </Stack>
      </Radio.Group>
      {!isAll && (
        <Box style={{ columns: '2 280px', columnGap: 'var(--mantine-spacing-sm)' }}>
          {groups.map((group) => (
            <Group key={group.title} group={group} chosen={chosen} onChange={onChange} />
          ))}
        </Box>
      )}
    </Stack>
  )
}

function Group(props: { group: EventGroup; chosen: string[]; onChange: (events: string[]) => void }) {
  const { group, chosen, onChange } = props
  const here = group.events.filter((event) => chosen.includes(event))
  const others = chosen.filter((event) => !group.events.includes(event))
  return (
    <Fieldset legend={group.title} p="sm" mb="sm" style={{ breakInside: 'avoid' }}>
      <Stack gap={6}>
        <Checkbox
          label="All of these"
          description={group.words}
          checked={here.length === group.events.length}
          indeterminate={here.length > 0 && here.length < group.events.length}
          onChange={(event) => onChange(event.currentTarget.checked ? [...others, ...group.events] : others)}
        />
        {group.events.map((event) => (
          <Checkbox
            key={event}
            ml="lg"
            size="sm"
            label={eventWords(event)}
            checked={chosen.includes(event)}
            onChange={({ currentTarget }) =>
              onChange(currentTarget.checked ? [...chosen, event] : chosen.filter((other) => other !== event))
            }
          />
        ))}
      </Stack>
    </Fieldset>
  )
}
