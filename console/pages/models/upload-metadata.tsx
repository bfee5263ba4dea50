import { Alert, Button, FileButton, Progress, Stack, Text } from '@mantine/core'
import { IconCheck, IconUpload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { api } from '../../api/client.ts'
import { ProblemError } from '../../api/problem.ts'
import { meQuery, queryClient, refresh } from '../../api/queries.ts'
import type { ImportedView } from '../../api/shapes.ts'
import { counted } from '../../ui/plain-words.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { TryAgain } from '../../ui/try-again.tsx'
import { metadataDay } from './model-words.ts'
import { readMetadataFile } from './read-metadata-file.ts'

/** Takes a metadata file: checked by the server first, then the tap, then in force. */
export function UploadMetadata({ isFirst }: { isFirst: boolean }) {
  const forget = useRef<() => void>(null)
  const upload = useMutation({
    mutationFn: async (file: File) => api.post<ImportedView>('/metadata', { blob: await readMetadataFile(file) }),
    onSuccess: () =>
      Promise.all([
        refresh('/metadata'),
        refresh('/authenticator-models'),
        // Passkeys were judged anew, the own ones and that of this session among them.
        refresh('/me/credentials'),
        queryClient.invalidateQueries({ queryKey: meQuery.queryKey }),
      ]),
    // Else the same file, mended, could not be chosen again.
    onSettled: () => forget.current?.(),
  })
  return (
    <Stack gap="sm" align="flex-start">
      <FileButton resetRef={forget} onChange={(file) => file && upload.mutate(file)}>
        {(props) => (
          <Button
            {...props}
            variant={isFirst ? 'filled' : 'default'}
            leftSection={<IconUpload size={18} aria-hidden />}
            loading={upload.isPending}
          >
            Upload a file
          </Button>
        )}
      </FileButton>
      {upload.isPending && <Sending file={upload.variables} />}
      <ProblemAlert error={upload.error} action={<OnceMore act={upload} />} />
      {upload.data && <Taken imported={upload.data} />}
    </Stack>
  )
}

const Sending = ({ file }: { file: File }) => (
  <Stack gap={4} w="100%" className="postern-late">
    <Progress value={100} animated aria-label="Sending the file" />
    <Text size="sm" c="dimmed" role="status">
      {file.name} is sent and its signature checked. After your tap it is in force, and every passkey is judged anew.
    </Text>
  </Stack>
)

/** Another file is needed, which the refusal says; the same one again helps where only the tap or the way failed. */
function OnceMore({
  act,
}: {
  act: { error: Error | null; variables: File | undefined; mutate: (file: File) => void }
}) {
  const isOfFile = act.error instanceof ProblemError && /^(metadata-|too-large$)/.test(act.error.code)
  return isOfFile ? null : <TryAgain act={act} />
}

function Taken({ imported: { outcome, number, models, isOverdue, nextUpdate } }: { imported: ImportedView }) {
  const news =
    outcome === 'imported'
      ? `Number ${number} is in force: ${counted(models, 'model')}. Every passkey was judged anew by it.`
      : `Number ${number} was in force already. Nothing was changed.`
  return (
    <Alert color="teal" icon={<IconCheck />} role="status" w="100%">
      {news}
      {isOverdue && ` FIDO promised a newer one for ${metadataDay(nextUpdate)}: this is not the latest.`}
    </Alert>
  )
}
