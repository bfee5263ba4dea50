import { getQuery } from '../../api/queries.ts'
import type { ConnectionList } from '../../api/shapes.ts'

export const connectionsPath = '/directory/connections'
export const connectionPath = (id: string): string => `${connectionsPath}/${encodeURIComponent(id)}`
export const connectionsQuery = getQuery<ConnectionList>(connectionsPath)
