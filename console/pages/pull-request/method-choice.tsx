import { Box, List, SegmentedControl, Text } from '@mantine/core'
import type { MergeMethod, PullRequestView } from '../../api/shapes.ts'
import { closedWays, isMethod, METHODS } from './merge-methods.ts'

interface MethodChoiceProps {
  methods: PullRequestView['methods']
  value: MergeMethod
  onChange: (method: MergeMethod) => void
}

/** The ways to merge; those that may not be taken keep their place and say why. */
export const MethodChoice = ({ methods, value, onChange }: MethodChoiceProps) => {
  const closed = closedWays(methods)
  return (
    <Box>
      <SegmentedControl
        fullWidth
        size={methods.length > 2 ? 'xs' : 'sm'}
        aria-label="How to merge"
        value={value}
        onChange={(next) => isMethod(next) && onChange(next)}
        data={methods.map(({ method, refusal }) => ({
          value: method,
          label: METHODS[method].label,
          disabled: refusal !== null,
        }))}
      />
      <Text size="sm" c="dimmed" mt={6}>
        {METHODS[value].text}
      </Text>
      {closed.length > 0 && (
        <List size="sm" c="dimmed" mt={6} spacing={2} listStyleType="none">
          {closed.map(({ ways, refusal }) => (
            <List.Item key={refusal}>
              {ways}: {refusal}
            </List.Item>
          ))}
        </List>
      )}
    </Box>
  )
}
