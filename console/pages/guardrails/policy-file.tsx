import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconDownload, IconUpload } from '@tabler/icons-react'
import { downloads, paths } from '../../paths.ts'

/** The whole policy out as a file, and in again. */
export const PolicyFile = () => (
  <Menu position="bottom-end">
    <Menu.Target>
      <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
        File
      </Button>
    </Menu.Target>
    <Menu.Dropdown>
      <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} component="a" href={downloads.policy} download>
        Export
      </Menu.Item>
      <Menu.Item leftSection={<IconUpload size={16} aria-hidden />} component="a" href={paths.guardrailImport}>
        Import
      </Menu.Item>
    </Menu.Dropdown>
  </Menu>
)
