import { Select, type SelectProps, Text } from '@mantine/core'
import type { RepositoryRole } from '../api/shapes.ts'
import { repositoryRoles } from './role-words.ts'

interface RoleSelectProps extends Omit<SelectProps<RepositoryRole>, 'data' | 'value' | 'onChange'> {
  value: RepositoryRole
  onChange: (role: RepositoryRole) => void
}

/** Which role in a repository or a project; the list says what each may do. */
export const RoleSelect = ({ onChange, ...props }: RoleSelectProps) => (
  <Select<RepositoryRole>
    {...props}
    data={repositoryRoles.map(({ value, label }) => ({ value, label }))}
    allowDeselect={false}
    onChange={(role) => role && onChange(role)}
    comboboxProps={{ width: 270, position: 'bottom-end' }}
    renderOption={({ option }) => (
      <div>
        {option.label}
        <Text size="xs" c="dimmed">
          {repositoryRoles.find(({ value }) => value === option.value)?.description}
        </Text>
      </div>
    )}
  />
)
