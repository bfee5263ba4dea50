import { attribute, complex, type Attribute, type ResourceType, type Schema } from './schema.ts'
import { groupSchema, groupType } from './group-schema.ts'
import { defaultPageSize, largestPageSize, listSchema } from './list-request.ts'
import { enterpriseUserSchema, userSchema, userType } from './user-schema.ts'
import { mostBulkOperations, largestBulkBytes } from './bulk-request.ts'

const configSchema = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'
const resourceTypeSchema = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'
const schemaSchema = 'urn:ietf:params:scim:schemas:core:2.0:Schema'

export const resourceTypes: readonly ResourceType[] = [userType, groupType]

const meta = (resourceType: string, location: string) => ({ resourceType, location })

/** RFC 7643 §5, with what RFC 9865 §3 adds: what this server does, and nothing it does not. */
export const renderServiceProviderConfig = (base: string) => ({
  schemas: [configSchema],
  patch: { supported: true },
  bulk: { supported: true, maxOperations: mostBulkOperations, maxPayloadSize: largestBulkBytes },
  filter: { supported: true, maxResults: largestPageSize },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  pagination: {
    cursor: true,
    index: true,
    defaultPaginationMethod: 'index',
    defaultPageSize,
    maxPageSize: largestPageSize,
  },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Token of the connection',
      description: 'The token that is shown once when the directory is connected, in the Authorization header.',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
      primary: true,
    },
  ],
  meta: meta('ServiceProviderConfig', `${base}/ServiceProviderConfig`),
})

/** RFC 7643 §6. */
export const renderResourceType = (type: ResourceType, base: string) => ({
  schemas: [resourceTypeSchema],
  id: type.name,
  name: type.name,
  endpoint: type.endpoint,
  description: type.description,
  schema: type.schema.id,
  ...(type.extensions.length === 0
    ? {}
    : { schemaExtensions: type.extensions.map(({ schema, required }) => ({ schema: schema.id, required })) }),
  meta: meta('ResourceType', `${base}/ResourceTypes/${type.name}`),
})

const readOnly = { mutability: 'readOnly' } as const
const flag = (name: string, description: string): Attribute =>
  attribute(name, description, { ...readOnly, type: 'boolean', required: true })
const whole = (name: string, description: string): Attribute =>
  attribute(name, description, { ...readOnly, type: 'integer' })
const word = (name: string, description: string, more: Partial<Attribute> = {}): Attribute =>
  attribute(name, description, { ...readOnly, caseExact: true, ...more })
const feature = (name: string, description: string, ...more: Attribute[]): Attribute =>
  complex(name, description, [flag('supported', 'Whether it is there.'), ...more], { ...readOnly, required: true })
const list = (name: string, description: string, parts: readonly Attribute[]): Attribute =>
  complex(name, description, parts, { ...readOnly, multiValued: true })

/** Every schema that something here is described by. */
export const schemas: readonly Schema[] = [
  userSchema,
  groupSchema,
  enterpriseUserSchema,
  {
    id: configSchema,
    name: 'ServiceProviderConfig',
    description: 'What this server does',
    attributes: [
      feature('patch', 'Changing parts of a resource.'),
      feature(
        'bulk',
        'Several operations in one request.',
        whole('maxOperations', 'At most so many.'),
        whole('maxPayloadSize', 'In at most so many bytes.'),
      ),
      feature('filter', 'Choosing resources.', whole('maxResults', 'At most so many in one answer.')),
      feature('changePassword', 'Setting passwords.'),
      feature('sort', 'Ordering resources.'),
      feature('etag', 'Entity tags.'),
      complex(
        'pagination',
        'How lists come in pages.',
        [
          flag('cursor', 'By cursor.'),
          flag('index', 'By index.'),
          word('defaultPaginationMethod', 'Where none is asked for.'),
          whole('defaultPageSize', 'Where none is asked for.'),
          whole('maxPageSize', 'The largest page.'),
        ],
        readOnly,
      ),
      list('authenticationSchemes', 'How a client proves itself.', [
        word('type', 'The scheme.'),
        word('name', 'Its name.'),
        word('description', 'What it is.'),
        word('specUri', 'Where it is specified.', { type: 'reference', referenceTypes: ['external'] }),
        flag('primary', 'Whether it is the preferred one.'),
      ]),
    ],
  },
  {
    id: resourceTypeSchema,
    name: 'ResourceType',
    description: 'A type of resources',
    attributes: [
      word('id', 'Its id.'),
      word('name', 'Its name.', { required: true }),
      word('description', 'What it is.'),
      word('endpoint', 'Where its resources are, below the base URI.', {
        type: 'reference',
        referenceTypes: ['uri'],
        required: true,
      }),
      word('schema', 'Its schema.', { type: 'reference', referenceTypes: ['uri'], required: true }),
      list('schemaExtensions', 'What extends it.', [
        word('schema', 'The schema.', { type: 'reference', referenceTypes: ['uri'], required: true }),
        flag('required', 'Whether every resource has it.'),
      ]),
    ],
  },
  {
    id: schemaSchema,
    name: 'Schema',
    description: 'A schema',
    attributes: [
      word('id', 'Its URN.', { required: true }),
      word('name', 'Its name.'),
      word('description', 'What it describes.'),
      list('attributes', 'Its attributes.', [
        word('name', 'The name.', { required: true }),
        word('type', 'The type.', { required: true }),
        flag('multiValued', 'Whether it has many values.'),
        word('description', 'What it is.'),
        flag('required', 'Whether it has to be there.'),
        flag('caseExact', 'Whether its case matters.'),
        word('mutability', 'Who may change it.'),
        word('returned', 'When it is returned.'),
        word('uniqueness', 'Whether two resources may have the same.'),
        word('canonicalValues', 'What it usually is.', { multiValued: true }),
        word('referenceTypes', 'What it refers to.', { multiValued: true }),
      ]),
    ],
  },
]

/** RFC 7643 §7. */
export const renderSchema = (schema: Schema, base: string) => ({
  schemas: [schemaSchema],
  ...schema,
  meta: meta('Schema', `${base}/Schemas/${schema.id}`),
})

/** RFC 7644 §3.4.2: one page of a list. */
export const renderList = (
  resources: readonly object[],
  {
    total,
    startIndex,
    nextCursor,
  }: { total: number; startIndex?: number | undefined; nextCursor?: string | undefined },
) => ({
  schemas: [listSchema],
  totalResults: total,
  itemsPerPage: resources.length,
  ...(startIndex === undefined ? {} : { startIndex }),
  ...(nextCursor === undefined ? {} : { nextCursor }),
  Resources: resources,
})
