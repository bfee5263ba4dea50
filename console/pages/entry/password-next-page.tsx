import { Anchor, Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ownPasswordQuery } from '../../api/own-password.ts'
import { ownRequirementsQuery } from '../../api/policy.ts'
import { useMe } from '../../api/use-me.ts'
import { ChangePassword } from '../../forms/change-password.tsx'
import { hasNoPasskey, MakePasskey } from '../../forms/make-passkey.tsx'
import { SetUpCodes } from '../../forms/set-up-codes.tsx'
import { paths, safeReturnTo } from '../../paths.ts'
import { dayWords } from '../../ui/plain-words.ts'
import { useGo, useUrlQuery } from '../../url-state.ts'
import { EntryLayout } from './entry-layout.tsx'

/** After each sign-in without a passkey: the one thing that makes it the last one. */
export function PasswordNextPage() {
  const me = useMe()
  const go = useGo()
  const { returnTo } = useUrlQuery()
  const { data: own } = useQuery(ownPasswordQuery)
  const { data: requirements } = useQuery(ownRequirementsQuery)
  const [isChanging, setChanging] = useState(false)
  const [isSettingUp, setSettingUp] = useState(false)
  const goOn = () => go(safeReturnTo(returnTo, location.origin), { replace: true })
  const isShort = requirements?.shortfall != null
  if (!hasNoPasskey(me))
    return (
      <EntryLayout title="You have a passkey" lead="From now on it signs you in. Nobody can phish it or guess it.">
        <Button size="md" onClick={goOn}>
          Go on
        </Button>
      </EntryLayout>
    )
  return (
    <EntryLayout
      title="Make your passkey"
      lead={
        own?.until
          ? `Your password lets you in until ${dayWords(own.until)}. With a passkey you sign in by a touch, and nobody can steal it.`
          : 'With a passkey you sign in by a touch, and nobody can steal it.'
      }
    >
      <MakePasskey me={me} onMade={goOn} />
      {own?.mustChange && !isChanging && (
        <Text size="sm" role="alert">
          Your password is one that everybody tries first.{' '}
          <Anchor component="button" type="button" onClick={() => setChanging(true)}>
            Choose another one
          </Anchor>
          , or better, make the passkey now.
        </Text>
      )}
      {isChanging && <ChangePassword onChanged={() => setChanging(false)} />}
      {isShort && own && !own.hasCodes && (
        <Stack gap="sm">
          <Text size="sm">{requirements?.shortfall?.sentence}</Text>
          {isSettingUp ? (
            <SetUpCodes onDone={() => setSettingUp(false)} />
          ) : (
            <Button variant="default" onClick={() => setSettingUp(true)}>
              Set up an app that makes codes
            </Button>
          )}
        </Stack>
      )}
      {isShort && own?.hasCodes && <Text size="sm">Codes are set up. Sign in again with password and code.</Text>}
      {isShort ? (
        <Anchor href={paths.signIn(returnTo)} size="sm">
          Sign in in another way
        </Anchor>
      ) : (
        <Button variant="subtle" onClick={goOn}>
          Not now
        </Button>
      )}
    </EntryLayout>
  )
}
