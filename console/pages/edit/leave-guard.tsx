import { useBlocker } from '@tanstack/react-router'
import { useRef } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

/** Asks before unsaved words are left. `let go` once they are saved, before the page goes on. */
export function useLeaveGuard(isUnsaved: boolean) {
  const isFree = useRef(false)
  const asks = () => isUnsaved && !isFree.current
  const blocker = useBlocker({ shouldBlockFn: asks, enableBeforeUnload: asks, withResolver: true })
  const isAsking = blocker.status === 'blocked'
  return {
    letGo: () => {
      isFree.current = true
    },
    question: (
      <ConfirmDialog
        isOpen={isAsking}
        title="Leave without saving?"
        confirmLabel="Leave"
        stayLabel="Stay here"
        act={{ isPending: false, error: null, mutate: () => blocker.proceed?.() }}
        onClose={() => blocker.reset?.()}
      >
        What you changed on this page is not saved anywhere.
      </ConfirmDialog>
    ),
  }
}
