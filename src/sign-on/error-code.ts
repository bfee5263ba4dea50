/** What our page has words for, RFC 6749 §4.1.2.1 and what oidc-provider adds. */
const known = [
  'invalid_request',
  'invalid_client',
  'invalid_redirect_uri',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_response_type',
  'access_denied',
  'session_not_found',
  'slow_down',
  'server_error',
] as const
export type ErrorCode = (typeof known)[number]

/** A word of ours: nothing that somebody else wrote reaches a page. */
export const errorCode = (code: string): ErrorCode => known.find((each) => each === code) ?? 'invalid_request'
