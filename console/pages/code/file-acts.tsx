import { ActionIcon, Menu } from '@mantine/core'
import { IconDotsVertical, IconPencil, IconTrash, IconUpload } from '@tabler/icons-react'
import { Suspense, lazy, useState } from 'react'
import type { FileView } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { ReasonedButton } from '../../ui/reasoned-button.tsx'
import { folderOf } from '../edit/folder.ts'
import { HeaderLink } from './header-link.tsx'
import { mayEdit } from './may-edit.ts'
import type { AtPath } from './path-frame.tsx'

const DeleteFile = lazy(async () => ({ default: (await import('../edit/delete-file.tsx')).DeleteFile }))

/** What can neither be edited nor replaced here. */
const reasons: Partial<Record<FileView['kind'], string>> = {
  symlink: 'This is a symbolic link. Edit the file that it leads to.',
}

/** Editing and deleting; nothing for whoever may not. */
export function FileActs({ at, file }: { at: AtPath; file: FileView }) {
  const [isDeleting, setIsDeleting] = useState(false)
  const { place, repository, refName, path } = at
  if (!mayEdit(repository, refName)) return null
  const reason =
    file.lfs === null ? reasons[file.kind] : 'Git LFS keeps this file. Change it in a clone, where git-lfs is set up.'
  // What is no text that a page can show is brought anew, by the same name.
  const isReplaced = file.lfs === null && (file.kind === 'binary' || file.kind === 'too-large')
  return (
    <>
      {isReplaced ? (
        <HeaderLink
          href={paths.newFile(place.project, place.name, { ref: refName, in: folderOf(path), as: 'upload' })}
          icon={IconUpload}
          label="Upload a new version"
        />
      ) : reason === undefined ? (
        <HeaderLink href={paths.editFile(place.project, place.name, path, refName)} icon={IconPencil} label="Edit" />
      ) : (
        <ReasonedButton size="xs" variant="default" leftSection={<IconPencil size={14} aria-hidden />} reason={reason}>
          Edit
        </ReasonedButton>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label="More about this file">
            <IconDotsVertical size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setIsDeleting(true)}>
            Delete this file
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isDeleting && (
        <Suspense>
          <DeleteFile {...at} onClose={() => setIsDeleting(false)} />
        </Suspense>
      )}
    </>
  )
}
