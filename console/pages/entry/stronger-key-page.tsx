import { useQuery } from '@tanstack/react-query'
import { freshRequirements, StrongerKeyPanel } from '../../forms/stronger-key-panel.tsx'
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
  const { data: own } = useQuery(freshRequirements)
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
  // Somebody vouched for it meanwhile, or a rule went.
  if (own?.shortfall === null)
    return (
      <EntryLayout title="Your key is strong enough" lead="You are signed in, and everything is open to you.">
        <StrongerKeyPanel onSettled={onSettled} />
      </EntryLayout>
    )
  return (
    <EntryLayout
      title="A stronger key is needed"
      lead="You are signed in. Everything else opens as soon as you have it."
    >
      <StrongerKeyPanel onSettled={onSettled} />
    </EntryLayout>
  )
}
