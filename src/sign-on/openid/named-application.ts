import { isApplicationId } from './find-client.ts'

/**
 * RFC 6749 §2.3.1: an application that names itself and its secret in the header, which the provider then judges.
 * Undefined for anybody else, whose header means something else here or nothing.
 */
export function readNamedApplication(authorization: string | undefined): { header: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,600})$/i.exec(authorization ?? '')?.[1]
  if (authorization === undefined || encoded === undefined) return undefined
  const [name = ''] = Buffer.from(encoded, 'base64').toString().split(':')
  return isApplicationId(name) || isApplicationId(name.replaceAll('%5F', '_')) ? { header: authorization } : undefined
}
