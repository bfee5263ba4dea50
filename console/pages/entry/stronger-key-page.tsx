import { StrongerKeyPanel } from '../../forms/stronger-key-panel.tsx'
import { safeReturnTo } from '../../paths.ts'
import { useGo, useUrlQuery } from '../../url-state.ts'
import { EntryLayout } from './entry-layout.tsx'

/** The session lives, and its key is too weak by the rules of today: the one thing to do is to get a stronger one. */
export function StrongerKeyPage() {
  const go = useGo()
  const { returnTo } = useUrlQuery()
  return (
    <EntryLayout
      title="A stronger key is needed"
      lead="You are signed in. Everything else opens as soon as you have it."
    >
      <StrongerKeyPanel onSettled={() => go(safeReturnTo(returnTo, location.origin), { replace: true })} />
    </EntryLayout>
  )
}
