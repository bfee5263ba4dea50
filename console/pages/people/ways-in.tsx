import { Button, Group, Menu } from '@mantine/core'
import { IconChevronDown, IconMail, IconPlus, IconTableImport, IconUserPlus } from '@tabler/icons-react'
import { paths } from '../../paths.ts'

/** How people come to be here: invited, added by name, or brought in as a list. */
export const WaysIn = ({ onChoose }: { onChoose: (way: 'invite' | 'add') => void }) => (
  <Group gap="xs">
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => onChoose('invite')}>
      Invite people
    </Button>
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
          Other ways
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => onChoose('add')}>
          Add a person by name
        </Menu.Item>
        <Menu.Item leftSection={<IconTableImport size={16} aria-hidden />} component="a" href={paths.importPeople}>
          Import a list
        </Menu.Item>
        <Menu.Item leftSection={<IconMail size={16} aria-hidden />} component="a" href={paths.invitations()}>
          Invitations
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  </Group>
)
