import { NumberInput, Radio, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { accessChoices } from './access-words.ts'
import type { TermValues } from './presets.ts'

/** What the form gives to the input of this name. */
type InputOf = (name: keyof TermValues) => ReturnType<UseFormReturnType<Record<string, unknown>>['getInputProps']>

export const AccessChoice = ({ inputOf }: { inputOf: InputOf }) => (
  <Radio.Group label="What it may do here" {...inputOf('access')}>
    <Stack gap={6} mt={6}>
      {accessChoices.map(({ value, label }) => (
        <Radio key={value} value={value} label={label} />
      ))}
    </Stack>
  </Radio.Group>
)

/** What is right as it stands for most. */
export const MoreTerms = ({ inputOf }: { inputOf: InputOf }) => (
  <Stack>
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NumberInput
        label="Minutes of each token"
        description="Between 5 and 60; a longer job renews it"
        min={5}
        max={60}
        allowDecimal={false}
        {...inputOf('lifetimeMinutes')}
      />
      <NumberInput
        label="Hours of a whole run"
        description="Between 1 and 24; no job goes on longer"
        min={1}
        max={24}
        allowDecimal={false}
        {...inputOf('runHours')}
      />
    </SimpleGrid>
    <TextInput
      label="Audience"
      description="For whom the pipeline’s token must be made; what it shows elsewhere does not count here"
      autoComplete="off"
      spellCheck={false}
      {...inputOf('audience')}
    />
    <Textarea
      label="The issuer’s keys"
      description="A JSON Web Key Set, where its address cannot be reached from here; leave it empty to have it asked. When whoever gave it leaves, the pipeline stops."
      placeholder={'{"keys": […]}'}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      {...inputOf('keys')}
    />
  </Stack>
)

export const termChecks = {
  audience: (text: string) => (text.trim() ? null : 'Please give an audience'),
  lifetimeMinutes: (minutes: unknown) => within(minutes, 5, 60),
  runHours: (hours: unknown) => within(hours, 1, 24),
}

const within = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && value >= least && value <= most ? null : `Between ${least} and ${most}`
