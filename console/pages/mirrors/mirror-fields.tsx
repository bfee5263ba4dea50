import { Checkbox, TextInput } from '@mantine/core'
import type { useForm } from '@mantine/form'
import type { MirrorView, NewMirror } from '../../api/shapes.ts'
import { required } from '../../forms/use-act-form.ts'
import { CredentialFields, credentialSent, type CredentialValues, noCredential } from './credential-fields.tsx'
import { parseBranches } from './mirror-words.ts'

export interface MirrorValues extends CredentialValues, Record<string, unknown> {
  url: string
  branches: string
  overwrites: boolean
}

export const mirrorValues = (mirror?: MirrorView): MirrorValues => ({
  ...noCredential,
  url: mirror?.url ?? '',
  username: mirror?.username ?? '',
  hostKey: mirror?.hostKey ?? '',
  branches: mirror?.branches.join(', ') ?? '',
  overwrites: mirror?.overwrites ?? false,
})

export const mirrorChecks = { url: required('the address of the repository there') }

export const asSent = (values: MirrorValues, mirror?: MirrorView): NewMirror => ({
  ...credentialSent(values.url, values, mirror?.hostKey ?? ''),
  url: values.url,
  overwrites: values.overwrites,
  branches: parseBranches(values.branches),
})

export function MirrorFields({
  form,
  mirror,
}: {
  form: ReturnType<typeof useForm<MirrorValues>>
  mirror?: MirrorView
}) {
  return (
    <>
      <TextInput
        label="Address of the repository there"
        description="An empty repository, made on the other server for this"
        placeholder="https://git.example.com/team/api.git"
        // Browsers take the short form of SSH for no address.
        inputMode="url"
        maxLength={2000}
        autoFocus
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('url')}
      />
      <CredentialFields
        url={form.values.url}
        getInputProps={form.getInputProps}
        placeholder={mirror?.hasPassword ? 'Stays as it is' : ''}
      />
      <TextInput
        label="Only these branches"
        description="Names with commas between, * stands for anything; empty for all. Tags and proofs always go."
        placeholder="main, release/*"
        spellCheck={false}
        {...form.getInputProps('branches')}
      />
      <Checkbox
        label="Overwrite what somebody pushes there directly"
        description="The other repository becomes exactly like this one: branches and tags that exist only there are deleted."
        {...form.getInputProps('overwrites', { type: 'checkbox' })}
      />
    </>
  )
}
