import type { ApplicationSummary } from '../../api/shapes.ts'
import { RouteForm } from '../routes/route-form.tsx'
import type { ApplicationForm } from './application-form.ts'
import { OpenidFields } from './openid-fields.tsx'
import { SamlFields } from './saml-fields.tsx'

interface SettingsFieldsProps {
  kind: ApplicationSummary['kind']
  form: ApplicationForm
  isNew: boolean
}

/** What each kind is told of a tool. */
export function SettingsFields({ kind, form, isNew }: SettingsFieldsProps) {
  if (kind === 'openid') return <OpenidFields form={form} isNew={isNew} />
  return kind === 'saml' ? <SamlFields form={form} /> : <RouteForm form={form} />
}
