import { Anchor, Button, Menu, Popover, Stack, Text } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import type { RepositoryView } from '../../api/shapes.ts'
import { downloads, paths } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'

/** How to get this repository onto a machine. */
export function CloneButton({ repository }: { repository: RepositoryView }) {
  const { path, visibility, cloneUrl } = repository
  return (
    <Popover width="min(460px, calc(100vw - 32px))" position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button rightSection={<IconChevronDown size={14} aria-hidden />}>Clone</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <CopyBlock label="Clone over HTTPS" lines={[`git clone ${cloneUrl}`]} />
          <Text size="sm" c="dimmed">
            {visibility === 'public' && 'Reading needs no token; to push, git asks for one. '}
            When git asks: any user name, and an access token as the password.{' '}
            <Anchor href={paths.newToken({ repository: path })} inherit>
              Make a token
            </Anchor>
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** The files of one ref without their history. */
export function ArchiveMenu({ repository, refName }: { repository: RepositoryView; refName: string }) {
  const { project, name } = repository
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['zip', 'tar.gz'] as const).map((format) => (
          <Menu.Item key={format} component="a" href={downloads.archive(project, name, refName, format)} download>
            Files as .{format}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
