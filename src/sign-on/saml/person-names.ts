import { createHmac, randomBytes } from 'node:crypto'
import type { SentAttribute, Subject } from '../../protocols/saml/render-response.ts'
import type { PersonFacts } from './person-facts.ts'
import type { AttributeRule, FullSettings } from './saml-settings.ts'

/** The name an application knows somebody by; undefined where it is their address and they have proven none. */
export function nameIdOf(
  person: PersonFacts,
  { nameId, entityId }: Pick<FullSettings, 'nameId' | 'entityId'>,
  pseudonymKey: string,
): Subject['nameId'] | undefined {
  switch (nameId) {
    case 'username':
      return { format: 'unspecified', value: person.username }
    case 'email':
      return person.email === null ? undefined : { format: 'email', value: person.email }
    case 'transient':
      return { format: 'transient', value: `_${randomBytes(20).toString('hex')}` }
    case 'persistent': {
      // Core §8.3.7: another one for each application, and never somebody else’s.
      const value = createHmac('sha256', pseudonymKey).update(`${person.id}\n${entityId}`).digest('base64url')
      return { format: 'persistent', value }
    }
  }
}

/** What an application is told beside the name. What is not known of somebody is left out. */
export const attributesOf = (person: PersonFacts, rules: readonly AttributeRule[]): SentAttribute[] =>
  rules
    .map((rule) => ({ name: rule.name, format: rule.format ?? 'basic', values: valuesOf(person, rule) }))
    .filter(({ values }) => values.length > 0)

function valuesOf(person: PersonFacts, { value, constant }: AttributeRule): string[] {
  if (value === 'constant') return constant === undefined ? [] : [constant]
  if (value === 'groups' || value === 'audience') return person[value]
  const known = person[value]
  return known === null || known === '' ? [] : [known]
}
