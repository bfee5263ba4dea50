import { Anchor, Button, Stack, Text } from '@mantine/core'
import { IconMailCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { hasCode } from '../../api/problem.ts'
import { queryClient } from '../../api/queries.ts'
import type { Profile } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { paths } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { profileQuery } from '../account/account-queries.ts'

/** Where the letter leads that shows an address to be mine. It takes a click: programs that look into letters follow links. */
export function VerifyAddressPage() {
  const me = useMe()
  const token = useLocation({ select: ({ hash }) => decodeURIComponent(hash) })
  const confirm = useMutation({
    mutationFn: () => api.post<Profile>('/email-verifications', { token }),
    onSuccess: (profile) => queryClient.setQueryData(profileQuery.queryKey, profile),
  })
  if (token.length < 20) return <CutLink />
  return (
    <>
      <PageHeader title="Is this your address?" />
      <Stack maw={560} align="flex-start">
        {confirm.data ? (
          <>
            <Text role="status">
              Thank you: you have shown that <strong>{confirm.data.email}</strong> is yours.
            </Text>
            <Anchor href={paths.account('profile')}>Your profile</Anchor>
          </>
        ) : (
          <>
            <Text style={{ overflowWrap: 'anywhere' }}>
              You are signed in as <strong>{me.displayName}</strong> ({me.username}), whose address is{' '}
              <strong>{me.email}</strong>.
            </Text>
            <ProblemAlert error={confirm.error} />
            {hasCode(confirm.error, 'link-used') ? (
              <ToProfile />
            ) : (
              <Button
                leftSection={<IconMailCheck size={18} aria-hidden />}
                loading={confirm.isPending}
                onClick={() => confirm.mutate()}
              >
                Yes, it is mine
              </Button>
            )}
          </>
        )}
      </Stack>
    </>
  )
}

const CutLink = () => (
  <>
    <PageHeader title="This link is incomplete" />
    <Stack maw={560} align="flex-start">
      <Text>
        Its end, the part after #, is missing or cut off. Copy the whole link from the letter and open it again, or have
        a new letter sent to you.
      </Text>
      <ToProfile />
    </Stack>
  </>
)

const ToProfile = () => (
  <Button component="a" href={paths.account('profile')} variant="default">
    Go to your profile
  </Button>
)
