import { StrongerKeyPanel } from '../../forms/stronger-key-panel.tsx'
import { useMe } from '../../api/use-me.ts'
import { safeReturnTo } from '../../paths.ts'
import { useGo, useUrlQuery } from '../../url-state.ts'
import { FirstPasskey } from './first-passkey.tsx'
import { EntryLayout } from './entry-layout.tsx'

/** The session lives, and its key is too weak by the rules of today: the one thing to do is to get a stronger one. */
export function StrongerKeyPage() {
  const go = useGo()
  const { returnTo } = useUrlQuery()
  const me = useMe()
  const onSettled = () => go(safeReturnTo(returnTo, location.origin), { replace: true })
  if (me.session.credentialName === null)
    return (
      <EntryLayout
        title={`One step left, ${me.displayName}`}
        lead="You are signed in. Everything opens with your passkey."
      >
        <FirstPasskey me={me} onSettled={onSettled} />
      </EntryLayout>
    )
  return (
    <EntryLayout
      title="A stronger key is needed"
      lead="You are signed in. Everything else opens as soon as you have it."
    >
      <StrongerKeyPanel onSettled={() => go(safeReturnTo(returnTo, location.origin), { replace: true })} />
    </EntryLayout>
  )
}
