/**
 * Where somebody is led on our own origin to be let in on the host of a route. It is judged for what they were about to do;
 * what was sent is not sent again from there.
 */
export function signInAddress(
  origin: string,
  { method, ...query }: { route: string; state: string; to: string; method: string },
): string {
  const isSent = method !== 'GET' && method !== 'HEAD'
  return `${origin}/proxy/sign-in?${new URLSearchParams({ ...query, ...(isSent ? { method } : {}) }).toString()}`
}
