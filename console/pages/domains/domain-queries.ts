import { getQuery } from '../../api/queries.ts'
import type { DomainList, DomainView, OwnClaim } from '../../api/shapes.ts'

export const domainsPath = '/directory/domains'
export const domainPath = (id: string): string => `${domainsPath}/${encodeURIComponent(id)}`
export const domainsQuery = getQuery<DomainList>(domainsPath)
export const domainQuery = (id: string) => getQuery<DomainView>(domainPath(id))
export const ownClaimsQuery = getQuery<{ items: OwnClaim[] }>('/me/claims')
