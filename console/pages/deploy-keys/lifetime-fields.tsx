import { NumberInput, Radio, SimpleGrid, Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { LifetimeValues } from './deploy-key-words.ts'

/** On which day it ends, or how often a new one takes its place. */
export function LifetimeFields({
  form,
  mostDays,
}: {
  form: Pick<UseFormReturnType<LifetimeValues>, 'getInputProps' | 'values'>
  mostDays: number
}) {
  const { kind } = form.values
  return (
    <>
      <Radio.Group label="How long it is good" {...form.getInputProps('kind')}>
        <Stack gap="xs" mt="xs">
          <Radio value="ends" label="Until a set day" description="Then somebody adds a new one." />
          <Radio
            value="replaced"
            label="Replaced by its holder"
            description="The machine makes its next key itself, with lines you can copy. Nobody taps again."
          />
        </Stack>
      </Radio.Group>
      {kind === 'ends' ? (
        <NumberInput
          label="Days until it ends"
          description={`${mostDays} at most`}
          min={1}
          max={mostDays}
          allowDecimal={false}
          maw={260}
          {...form.getInputProps('days')}
        />
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2 }} maw={540}>
          <NumberInput
            label="A new key every"
            description="Days until one is due"
            min={1}
            max={mostDays}
            allowDecimal={false}
            {...form.getInputProps('everyDays')}
          />
          <NumberInput
            label="Both are good for"
            description="Days to put the new one to use"
            min={1}
            max={90}
            allowDecimal={false}
            {...form.getInputProps('overlapDays')}
          />
        </SimpleGrid>
      )}
    </>
  )
}

/** Beside what the server checks: nothing is left empty. */
export const lifetimeChecks = {
  days: (days: number | string, { kind }: LifetimeValues) =>
    kind === 'replaced' || Number(days) > 0 ? null : 'Please give a number of days',
  everyDays: (days: number | string, { kind }: LifetimeValues) =>
    kind === 'ends' || Number(days) > 0 ? null : 'Please give a number of days',
  overlapDays: (days: number | string, { kind }: LifetimeValues) =>
    kind === 'ends' || Number(days) > 0 ? null : 'Please give a number of days',
}
