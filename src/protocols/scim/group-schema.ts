import { attribute, complex, type ResourceType, type Schema } from './schema.ts'

/** RFC 7643 §4.2. */
export const groupSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'A group of people',
  attributes: [
    attribute('displayName', 'The name of the group.', { required: true, uniqueness: 'server' }),
    complex(
      'members',
      'The people in the group. No group is in another.',
      [
        attribute('value', 'The id of the person.', { mutability: 'immutable', caseExact: true }),
        attribute('$ref', 'The URI of the person.', {
          type: 'reference',
          caseExact: true,
          mutability: 'immutable',
          referenceTypes: ['User'],
        }),
        attribute('display', 'The name of the person.', { mutability: 'readOnly' }),
        attribute('type', 'Always User.', { mutability: 'immutable', canonicalValues: ['User'] }),
      ],
      { multiValued: true },
    ),
  ],
}

export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'A group of people',
  schema: groupSchema,
  extensions: [],
}
