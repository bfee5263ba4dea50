import { Button, Group, Stack, Switch, Text } from '@mantine/core'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import type { NotificationView } from '../../api/shapes.ts'
import { browserWords } from '../../ui/browser-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { notificationsQuery } from './account-queries.ts'
import { canBeTold, subscribeHere } from './subscribe-here.ts'

/** How I am told that something waits for my tap. It stands in the inbox in any case. */
export function NotificationsTab() {
  const { data } = useSuspenseQuery(notificationsQuery)
  const act = useMutation({
    mutationFn: (change: () => Promise<NotificationView>) => change(),
    onSuccess: (next) => queryClient.setQueryData(notificationsQuery.queryKey, next),
  })
  const { letters, push } = data
  return (
    <Stack gap="xl" maw={720}>
      <Text c="dimmed">
        When another person, or a program of yours, asks for your tap, it waits in your inbox. You can also be told.
      </Text>
      <Section title="By mail">
        <Switch
          label="Mail me what waits for my tap or my review, and what is said about my pull requests"
          description={
            letters.isMailSetUp
              ? 'Not for what is over within minutes, such as a push'
              : 'No mail is set up on this server, so no mail goes out'
          }
          checked={letters.isOn}
          disabled={act.isPending}
          onChange={({ currentTarget: { checked } }) =>
            act.mutate(() => api.put<NotificationView>('/me/notifications', { letters: checked }))
          }
        />
      </Section>
      <Section title="In a browser">
        <Text size="sm" c="dimmed">
          A short note, also while no page of Postern is open. It never says what waits.
        </Text>
        {push.browsers.map((browser) => (
          <Group key={browser.id} justify="space-between" gap="xs">
            <div>
              <Text>{browserWords(browser.userAgent)}</Text>
              <Text size="sm" c="dimmed">
                since <TimeAgo at={browser.createdAt} />
              </Text>
            </div>
            <Button
              variant="default"
              size="xs"
              disabled={act.isPending}
              aria-label={`No longer in ${browserWords(browser.userAgent)}`}
              onClick={() =>
                act.mutate(() =>
                  api.delete<NotificationView>(`/me/push-subscriptions/${encodeURIComponent(browser.id)}`),
                )
              }
            >
              No longer here
            </Button>
          </Group>
        ))}
        <Group>
          <Button
            variant="default"
            disabled={!canBeTold()}
            loading={act.isPending}
            onClick={() => act.mutate(() => subscribeHere(push.publicKey))}
          >
            Tell me in this browser
          </Button>
        </Group>
        {!canBeTold() && (
          <Text size="sm" c="dimmed">
            This browser cannot be told while its pages are closed.
          </Text>
        )}
        <ProblemAlert error={act.error} />
      </Section>
    </Stack>
  )
}
