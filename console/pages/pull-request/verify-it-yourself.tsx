import { Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../api/queries.ts'
import type { VerifyInstructions } from '../../api/shapes.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import type { PullRequestPlace } from './use-pull-request.ts'

/** Lines to paste on any machine that check the merge without this server's word. */
export function VerifyItYourself({ place }: { place: PullRequestPlace }) {
  const { data, error } = useQuery({
    ...getQuery<VerifyInstructions>(`${place.pullApi}/verify-instructions`),
    staleTime: Infinity,
  })
  if (error) return <ProblemAlert error={error} />
  return (
    <Stack gap="lg" component="section" aria-label="Verify it yourself">
      <div>
        <Title order={2} fz="lg">
          Verify it yourself
        </Title>
        <Text size="sm" c="dimmed">
          On any machine, with stock tools. This server cannot make such a signature.
        </Text>
      </div>
      {data ? (
        <>
          <CopyBlock
            label={`With git ${data.leastGit} and OpenSSH ${data.leastOpenssh}, or newer`}
            lines={data.stock}
          />
          {data.stockRevoking.length > 0 && (
            <div>
              <CopyBlock label="The same, refusing keys that may be in wrong hands" lines={data.stockRevoking} />
              <Text size="sm" c="dimmed">
                Stock git then refuses all that such a key ever signed, also from before it was lost. Only postern
                verify tells them apart.
              </Text>
            </div>
          )}
          <CopyBlock label="With postern verify: the whole branch, each change" lines={data.postern} />
        </>
      ) : (
        <Skeleton height={140} className="postern-late" />
      )}
    </Stack>
  )
}
