import { attribute, complex, plural, type ResourceType, type Schema } from './schema.ts'

const readOnly = { mutability: 'readOnly' } as const

/** RFC 7643 §4.1. */
export const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A person',
  attributes: [
    attribute('userName', 'The name the directory knows the person by.', { required: true, uniqueness: 'server' }),
    complex('name', 'The parts of the person’s name.', [
      attribute('formatted', 'The whole name.'),
      attribute('familyName', 'Family name.'),
      attribute('givenName', 'Given name.'),
      attribute('middleName', 'Middle names.'),
      attribute('honorificPrefix', 'As in “Dr.”.'),
      attribute('honorificSuffix', 'As in “III”.'),
    ]),
    attribute('displayName', 'The name that is shown.'),
    attribute('nickName', 'As in “Bob”.'),
    attribute('profileUrl', 'A page about the person.', { type: 'reference', referenceTypes: ['external'] }),
    attribute('title', 'As in “Vice President”.'),
    attribute('userType', 'As in “Contractor”. Gives no right here.'),
    attribute('preferredLanguage', 'As in “en-US”.'),
    attribute('locale', 'As in “en-US”.'),
    attribute('timezone', 'As in “Europe/Berlin”.'),
    attribute('active', 'Whether the person may come in. False ends everything they can come in with, at once.', {
      type: 'boolean',
    }),
    attribute('password', 'Accepted and forgotten: no directory sets a password here.', {
      mutability: 'writeOnly',
      returned: 'never',
    }),
    plural('emails', 'Addresses. The primary one, or the one for work, is where letters go.', {
      types: ['work', 'home', 'other'],
    }),
    plural('phoneNumbers', 'Telephone numbers.', {
      types: ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
    }),
    plural('ims', 'Addresses of messengers.'),
    plural('photos', 'Pictures.', {
      value: { type: 'reference', referenceTypes: ['external'] },
      types: ['photo', 'thumbnail'],
    }),
    complex(
      'addresses',
      'Postal addresses.',
      [
        attribute('formatted', 'The whole address.'),
        attribute('streetAddress', 'Street and house.'),
        attribute('locality', 'Town.'),
        attribute('region', 'State or region.'),
        attribute('postalCode', 'Postal code.'),
        attribute('country', 'Country.'),
        attribute('type', 'What it is for.', { canonicalValues: ['work', 'home', 'other'] }),
        attribute('primary', 'Whether it is the preferred one; true at most once.', { type: 'boolean' }),
      ],
      { multiValued: true },
    ),
    complex(
      'groups',
      'The groups the person is in; changed through those groups.',
      [
        attribute('value', 'The id of the group.', { ...readOnly, caseExact: true }),
        attribute('$ref', 'The URI of the group.', {
          ...readOnly,
          type: 'reference',
          caseExact: true,
          referenceTypes: ['Group'],
        }),
        attribute('display', 'The name of the group.', readOnly),
        attribute('type', 'Always direct: no group is in another.', { ...readOnly, canonicalValues: ['direct'] }),
      ],
      { ...readOnly, multiValued: true },
    ),
    plural('entitlements', 'Kept for the directory. Give no right here.'),
    plural('roles', 'Kept for the directory. Give no right here: groups do.'),
    plural('x509Certificates', 'Kept for the directory. Nobody comes in with one.', {
      value: { type: 'binary', caseExact: true },
    }),
  ],
}

/** RFC 7643 §4.3. */
export const enterpriseUserSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'What an organisation knows of a person',
  attributes: [
    attribute('employeeNumber', 'Number of the employee.'),
    attribute('costCenter', 'Cost centre.'),
    attribute('organization', 'Organisation.'),
    attribute('division', 'Division.'),
    attribute('department', 'Department.'),
    complex('manager', 'Whom the person reports to.', [
      attribute('value', 'The id of the manager.', { caseExact: true }),
      attribute('$ref', 'The URI of the manager.', {
        ...readOnly,
        type: 'reference',
        caseExact: true,
        referenceTypes: ['User'],
      }),
      attribute('displayName', 'The name of the manager.', readOnly),
    ]),
  ],
}

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'A person',
  schema: userSchema,
  extensions: [{ schema: enterpriseUserSchema, required: false }],
}
