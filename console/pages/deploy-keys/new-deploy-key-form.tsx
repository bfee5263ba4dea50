import { Paper, Radio, Stack, TextInput } from '@mantine/core'
import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import type { DeployKeyView, NewDeployKey } from '../../api/shapes.ts'
import { FormEnd } from '../../forms/form-end.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { PublicKeyField } from './public-key-field.tsx'
import { firstLifetime, lifetimeSent, type LifetimeValues, publicKeyProblem } from './deploy-key-words.ts'
import { lifetimeChecks, LifetimeFields } from './lifetime-fields.tsx'

type Values = LifetimeValues & { name: string; publicKey: string; access: DeployKeyView['access'] }

export function NewDeployKeyForm(props: {
  path: string
  mostDays: number
  onMade: (made: DeployKeyView) => void
  onCancel: () => void
}) {
  const { form, act, onSubmit } = useActForm<Values & Record<string, unknown>, DeployKeyView>({
    initialValues: { name: '', publicKey: '', access: 'read', ...firstLifetime(props.mostDays) },
    validate: {
      name: required('it a name, such as the machine it is for'),
      publicKey: publicKeyProblem,
      ...lifetimeChecks,
    },
    act: ({ name, publicKey, access, ...lifetime }) =>
      api.post<DeployKeyView>(props.path, {
        name: name.trim(),
        publicKey: publicKey.trim(),
        access,
        ...lifetimeSent(lifetime),
      } satisfies NewDeployKey),
    onDone: async (made) => {
      await refresh(props.path)
      props.onMade(made)
    },
  })
  return (
    <Paper withBorder p="md" component="form" onSubmit={onSubmit} noValidate>
      <Stack>
        <CopyBlock
          label="On the machine it is for, make a key. Its private half stays there."
          lines={["ssh-keygen -q -t ed25519 -N '' -C build-server -f deploy_key", 'cat deploy_key.pub']}
        />
        <PublicKeyField
          label="Public key"
          description="The line that this printed"
          placeholder="ssh-ed25519 AAAA… build-server"
          {...form.getInputProps('publicKey')}
          onBlur={() => {
            const suggested = commentOf(form.values.publicKey)
            if (form.values.name === '' && suggested !== '') form.setFieldValue('name', suggested)
          }}
        />
        <TextInput label="Name" placeholder="build server" maxLength={100} {...form.getInputProps('name')} />
        <Radio.Group label="It may" {...form.getInputProps('access')}>
          <Stack gap="xs" mt="xs">
            <Radio value="read" label="Fetch" description="It changes nothing." />
            <Radio value="write" label="Fetch and push" description="By the same rules as everybody." />
          </Stack>
        </Radio.Group>
        <LifetimeFields form={form} mostDays={props.mostDays} />
        <FormEnd act={act} onCancel={props.onCancel}>
          Add it with a tap
        </FormEnd>
      </Stack>
    </Paper>
  )
}

/** What stands behind the key on its line. */
const commentOf = (line: string): string => /^\S+\s+\S+\s+(.{1,100})$/.exec(line.trim())?.[1]?.trim() ?? ''
