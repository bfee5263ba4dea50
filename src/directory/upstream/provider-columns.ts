import type { Provider } from './openid.ts'
import { domainsOf, groupMapOf } from './providers.ts'
import type { NewProvider } from './shapes.ts'

/** What an owner decides about a place, but for where it is and its secret. */
export type Settings = Omit<NewProvider, 'id' | 'kind' | 'issuer' | 'clientSecret'>

export const asColumns = ({
  name,
  clientId,
  domains,
  isShown,
  trustsAcr,
  groupClaim,
  groupMap,
  requiredGroup,
  createsPeople,
  newPersonRole,
  demandsLocalPasskey,
}: Settings) => ({
  name,
  clientId,
  domains: JSON.stringify(domains),
  isShown: isShown ? (1 as const) : (0 as const),
  trustsAcr,
  groupClaim,
  groupMap: JSON.stringify(groupMap),
  requiredGroup,
  createsPeople: createsPeople ? (1 as const) : (0 as const),
  newPersonRole,
  demandsLocalPasskey: demandsLocalPasskey ? (1 as const) : (0 as const),
})

export const asSettings = (row: Provider): Settings => ({
  name: row.name,
  clientId: row.clientId,
  domains: domainsOf(row),
  isShown: row.isShown === 1,
  trustsAcr: row.trustsAcr,
  groupClaim: row.groupClaim,
  groupMap: Object.fromEntries(groupMapOf(row)),
  requiredGroup: row.requiredGroup,
  createsPeople: row.createsPeople === 1,
  newPersonRole: row.newPersonRole,
  demandsLocalPasskey: row.demandsLocalPasskey === 1,
})
