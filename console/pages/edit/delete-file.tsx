import { Modal } from '@mantine/core'
import { paths } from '../../paths.ts'
import { revealHidden } from '../../ui/code-hidden.ts'
import { useGo } from '../../url-state.ts'
import type { AtPath } from '../code/path-frame.tsx'
import { CommitForm } from './commit-form.tsx'
import { EditFrame } from './edit-frame.tsx'
import { findFolder, folderHref, folderOf } from './folder.ts'

/** Asks for the words of a commit that takes one file away. */
export function DeleteFile({ onClose, ...at }: AtPath & { onClose: () => void }) {
  const { place, path, refName } = at
  const go = useGo()
  const leave = async (pullRequest: number | null, ref: string) => {
    const href =
      pullRequest === null
        ? folderHref(place, await findFolder(place, folderOf(path), ref), refName)
        : paths.pullRequest(place.project, place.name, pullRequest)
    onClose()
    go(href)
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Delete ${revealHidden(path)}`}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <EditFrame {...at}>
        {(start) => (
          <CommitForm
            place={place}
            start={start}
            title={`Delete ${path}`}
            reason={null}
            changes={() => [{ action: 'remove', path }]}
            onMade={({ pullRequest }) => void leave(pullRequest, start.branch)}
            onCancel={onClose}
          />
        )}
      </EditFrame>
    </Modal>
  )
}
