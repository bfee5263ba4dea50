import { Fieldset, Radio, Select, Stack } from '@mantine/core'
import { GroupsSelect } from '../../forms/group-select.tsx'
import type { ApplicationForm } from './application-form.ts'
import { leastWords } from './application-words.ts'

/** To whom it is open, and how strongly they prove it. */
export function WhoMayFields({ form }: { form: ApplicationForm }) {
  return (
    <Fieldset legend="Who may open it">
      <Stack gap="md">
        <Radio.Group aria-label="Who may open it" {...form.getInputProps('audience')}>
          <Stack gap="xs">
            <Radio value="members" label="Everyone but guests" />
            <Radio value="groups" label="Some groups, and nobody else" />
            <Radio value="everyone" label="Everyone, guests too" />
          </Stack>
        </Radio.Group>
        {form.values.audience === 'groups' && (
          <GroupsSelect
            label="Groups"
            description="Administrators are in only by a group. Where the last of these goes, nobody is."
            placeholder={form.values.groups.length === 0 ? 'Choose groups' : ''}
            {...form.getInputProps('groups')}
            value={form.values.groups}
          />
        )}
        <Select
          label="It takes at least"
          description="Beside what guardrails ask."
          data={Object.entries(leastWords).map(([value, label]) => ({ value, label }))}
          allowDeselect={false}
          {...form.getInputProps('strength')}
        />
      </Stack>
    </Fieldset>
  )
}
