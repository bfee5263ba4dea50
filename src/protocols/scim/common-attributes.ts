import { attribute, complex } from './schema.ts'

/** What every resource has, RFC 7643 §3.1; not part of any schema that is listed. */
export const commonAttributes = [
  attribute('schemas', 'The schemas of this resource.', {
    type: 'reference',
    multiValued: true,
    required: true,
    caseExact: true,
    returned: 'always',
  }),
  attribute('id', 'Given here, and never to another resource.', {
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'global',
  }),
  attribute('externalId', 'What the directory itself calls it.', { caseExact: true }),
  complex(
    'meta',
    'What is known of the resource itself.',
    [
      attribute('resourceType', 'The name of its type.', { caseExact: true, mutability: 'readOnly' }),
      attribute('created', 'When it was created here.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('lastModified', 'When the directory last changed it.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('location', 'Its URI.', { type: 'reference', caseExact: true, mutability: 'readOnly' }),
      attribute('version', 'Its entity tag.', { caseExact: true, mutability: 'readOnly' }),
    ],
    { mutability: 'readOnly' },
  ),
]
