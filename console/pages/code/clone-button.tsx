import { Button, Menu, Popover, Stack } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import type { RepositoryView } from '../../api/shapes.ts'
import { downloads } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { CloneWayControl, CloneWayHelp, useCloneWay } from './clone-way.tsx'

/** How to get this repository onto a machine. */
export function CloneButton({ repository }: { repository: RepositoryView }) {
  return (
    <Popover width="min(560px, calc(100vw - 32px))" position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button rightSection={<IconChevronDown size={14} aria-hidden />}>Clone</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <HowToClone repository={repository} />
      </Popover.Dropdown>
    </Popover>
  )
}

function HowToClone({ repository }: { repository: RepositoryView }) {
  const clone = useCloneWay(repository)
  return (
    <Stack gap="sm">
      <CloneWayControl {...clone} />
      <CopyBlock label={`Clone over ${clone.way === 'ssh' ? 'SSH' : 'HTTPS'}`} lines={[`git clone ${clone.url}`]} />
      <CloneWayHelp {...clone} repository={repository} />
    </Stack>
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
