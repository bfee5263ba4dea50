import { Button, Menu } from '@mantine/core'
import { IconFilePlus, IconUpload } from '@tabler/icons-react'
import type { RepositoryView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { mayEdit } from './may-edit.ts'

/** The ways to add files to a directory; nothing for whoever may not. */
export function AddFile(props: { repository: RepositoryView; refName: string | undefined; path: string }) {
  const { repository, refName, path } = props
  if (!mayEdit(repository, refName)) return null
  const hrefOf = (as?: string) =>
    paths.newFile(repository.project, repository.name, { ref: refName, in: path, ...(as === undefined ? {} : { as }) })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconFilePlus size={16} aria-hidden />}>
          Add file
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={hrefOf()} leftSection={<IconFilePlus size={16} aria-hidden />}>
          Write a file
        </Menu.Item>
        <Menu.Item component="a" href={hrefOf('upload')} leftSection={<IconUpload size={16} aria-hidden />}>
          Upload files
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
