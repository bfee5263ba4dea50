import { NumberInput, Paper, Stack } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { DeployKeyView, NewSuccessor } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { useActForm } from '../../forms/use-act-form.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { PublicKeyField } from './public-key-field.tsx'
import { publicKeyProblem } from './deploy-key-words.ts'

/** A new key with the same rights, brought by hand. */
export function SuccessorForm(props: { path: string; deployKey: DeployKeyView; onDone: () => void }) {
  const { form, act, onSubmit } = useActForm<{ publicKey: string; overlapDays: number | string }, DeployKeyView>({
    initialValues: { publicKey: '', overlapDays: 7 },
    validate: {
      publicKey: publicKeyProblem,
      overlapDays: (days) => (Number(days) > 0 ? null : 'Please give a number of days'),
    },
    act: ({ publicKey, overlapDays }) =>
      api.post<DeployKeyView>(`${props.path}/${props.deployKey.id}/successor`, {
        publicKey: publicKey.trim(),
        overlapDays: Number(overlapDays),
      } satisfies NewSuccessor),
    onDone: async () => {
      await refresh(props.path)
      props.onDone()
    },
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate>
      <Stack>
        <CopyBlock
          label="On the machine, make the next key:"
          lines={["ssh-keygen -q -t ed25519 -N '' -C build-server -f next", 'cat next.pub']}
        />
        <PublicKeyField
          label="New public key"
          description="It may what this one may, for as long"
          {...form.getInputProps('publicKey')}
        />
        <NumberInput
          label="Both are good for"
          description="Days to put the new one to use. Its first use ends the former one."
          min={1}
          max={90}
          allowDecimal={false}
          maw={340}
          {...form.getInputProps('overlapDays')}
        />
        <FormEnd act={act} onCancel={props.onDone}>
          Add it with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}
