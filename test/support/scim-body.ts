/** Lists are as long as the test knows them to be. */
type List<Item> = [Item, Item, Item, Item, ...Item[]]

interface Value {
  value: string
  type?: string
  display?: string
  primary?: boolean
  $ref: string
  streetAddress?: string
}

interface Supported {
  supported: boolean
}

export interface Attribute {
  name: string
  type: string
  mutability?: string
  returned?: string
  uniqueness?: string
  multiValued?: boolean
  required?: boolean
  caseExact?: boolean
  subAttributes?: Attribute[]
}

/** What a SCIM server answered, with every member that some test looks at; which are there depends on what was asked. */
export interface Json {
  schemas: string[]
  // resources
  id: string
  externalId: string
  meta: { resourceType: string; created: string; lastModified: string; location: string; version: string }
  userName: string
  displayName: string
  active: boolean
  name: { formatted?: string; givenName: string; familyName: string; middleName?: string }
  title: string
  nickName: string
  password: string
  department: string
  emails: List<Value>
  phoneNumbers: List<Value>
  addresses: List<Value>
  groups: List<Value>
  members: List<Value>
  x509Certificates: List<Value>
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
    employeeNumber: string
    department: string
    costCenter: string
    manager: { value: string; $ref?: string }
  }
  // lists
  totalResults: number
  startIndex: number
  itemsPerPage: number
  nextCursor: string
  Resources: List<Json>
  // refusals
  status: string
  scimType: string
  detail: string
  // bulk
  bulkId: string
  location: string
  response: Json
  Operations: List<Json>
  // discovery
  patch: Supported
  bulk: Supported & { maxOperations: number; maxPayloadSize: number }
  filter: Supported & { maxResults: number }
  changePassword: Supported
  sort: Supported
  etag: Supported
  pagination: { cursor: boolean; index: boolean; defaultPageSize: number; maxPageSize: number }
  authenticationSchemes: List<{ type: string }>
}

/** One of `/ResourceTypes` or `/Schemas`. */
export interface Definition {
  schemas: string[]
  id: string
  name: string
  endpoint: string
  schema: string
  schemaExtensions?: { schema: string; required: boolean }[]
  attributes: Attribute[]
}
