import { Checkbox, Fieldset, Select, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { NewProvider, ProviderView } from '../../api/shapes.ts'
import { mapToText, textToDomains, textToMap, trustWords } from './place-words.ts'

/** As it is typed. */
export interface PlaceValues extends Record<string, unknown> {
  name: string
  clientId: string
  clientSecret: string
  domains: string
  isShown: boolean
  trustsAcr: ProviderView['trustsAcr']
  groupClaim: string
  groupMap: string
  requiredGroup: string
  createsPeople: boolean
  newPersonRole: ProviderView['newPersonRole']
  demandsLocalPasskey: boolean
}

export const placeValues = (place?: ProviderView): PlaceValues => ({
  name: place?.name ?? '',
  clientId: place?.clientId ?? '',
  clientSecret: '',
  domains: place?.domains.join(', ') ?? '',
  isShown: place?.isShown ?? true,
  trustsAcr: place?.trustsAcr ?? 'none',
  groupClaim: place?.groupClaim ?? '',
  groupMap: mapToText(place?.groupMap ?? {}),
  requiredGroup: place?.requiredGroup ?? '',
  createsPeople: place?.createsPeople ?? false,
  newPersonRole: place?.newPersonRole ?? 'member',
  demandsLocalPasskey: place?.demandsLocalPasskey ?? true,
})

/** As it is sent. */
export function asSent(values: PlaceValues): Omit<NewProvider, 'kind' | 'issuer' | 'id' | 'clientSecret'> {
  const map = textToMap(values.groupMap)
  return {
    name: values.name.trim(),
    clientId: values.clientId.trim(),
    domains: textToDomains(values.domains),
    isShown: values.isShown,
    trustsAcr: values.trustsAcr,
    groupClaim: values.groupClaim.trim() || null,
    groupMap: typeof map === 'string' ? {} : map,
    requiredGroup: values.requiredGroup.trim() || null,
    createsPeople: values.createsPeople,
    newPersonRole: values.newPersonRole,
    demandsLocalPasskey: values.demandsLocalPasskey,
  }
}

export const placeChecks = {
  name: (value: string) => (value.trim() ? null : 'Please give it a name, as its button says it'),
  clientId: (value: string) => (value.trim() ? null : 'Please give the client id'),
  groupMap: (value: string) => {
    const map = textToMap(value)
    return typeof map === 'string' ? map : null
  },
}

const options = <Value extends string>(words: Record<Value, string>) =>
  (Object.entries(words) as [Value, string][]).map(([value, label]) => ({ value, label }))

/** What an owner decides about a place, but for where it is. */
export function PlaceFields({ form }: { form: UseFormReturnType<PlaceValues> }) {
  const field = (name: keyof PlaceValues) => form.getInputProps(name as string)
  const check = (name: keyof PlaceValues) => form.getInputProps(name as string, { type: 'checkbox' })
  return (
    <>
      <TextInput
        label="Domains"
        description="Whoever types an address at one of these on the page to sign in is sent there."
        placeholder="example.com"
        {...field('domains')}
      />
      <Checkbox label="A button on the page to sign in" {...check('isShown')} />
      <Fieldset legend="What it is believed">
        <Select
          label="About how somebody signed in there"
          data={options(trustWords)}
          allowDeselect={false}
          {...field('trustsAcr')}
        />
        <Checkbox
          mt="sm"
          label="Demand a passkey of this place besides"
          description="The first time it is made, from then on tapped. Approving, merging and other acts take one in any case."
          {...check('demandsLocalPasskey')}
        />
      </Fieldset>
      <Fieldset legend="People who come for the first time">
        <Checkbox
          label="Get an account, where their address is at a verified domain"
          description="An account that exists here and is managed by its own person is never joined by an address."
          {...check('createsPeople')}
        />
        {form.values.createsPeople && (
          <Select
            mt="sm"
            label="As"
            data={[
              { value: 'member', label: 'Member' },
              { value: 'guest', label: 'Guest, with an end date' },
            ]}
            allowDeselect={false}
            {...field('newPersonRole')}
          />
        )}
      </Fieldset>
      <Fieldset legend="Groups">
        <TextInput
          label="Claim that lists them"
          description="Empty: groups are not read. Read anew at each sign-in."
          placeholder="groups"
          {...field('groupClaim')}
        />
        {form.values.groupClaim.trim() !== '' && (
          <>
            <Textarea
              mt="sm"
              label="Its groups, and ours"
              description="One a line. Ours are made by this and kept by it alone; only those of this place change."
              placeholder={'engineering = acme-engineers'}
              autosize
              minRows={2}
              {...field('groupMap')}
            />
            <TextInput
              mt="sm"
              label="Group that everybody must be in there"
              description="Who comes and is not in it loses all access here, if the organisation manages their account."
              {...field('requiredGroup')}
            />
          </>
        )}
      </Fieldset>
    </>
  )
}
