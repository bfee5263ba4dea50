import type { Strength } from '../../database/schema.ts'

/** What an application asks to be proven with one sign-on, beyond what holds for everybody. */
export interface AskedProof {
  /** Least of what would do; null where it does not say. */
  strength: Strength | null
  /** It insists on something that nobody here can prove. */
  isUnknown: boolean
  /** Null where it does not say. */
  maxAgeSeconds: number | null
  /** A tap for this very question. */
  isFresh: boolean
  /** Its person says yes to this very question, whatever they have said before. */
  isConsent: boolean
  /** Nobody may be asked anything. */
  isSilent: boolean
}

const strengths: Record<string, Strength> = { phr: 'passkey', phrh: 'attested' }

/** OpenID Connect Core §3.1.2.1 and §5.5.1.1. What is not understood there is refused by the provider by name. */
export function readAskedProof(parameters: URLSearchParams): AskedProof {
  const prompts = (parameters.get('prompt') ?? '').split(' ')
  const maxAge = readMaxAge(parameters.get('max_age'))
  const essential = readEssentialAcr(parameters.get('claims'))
  const named = essential ?? (parameters.get('acr_values') ?? '').split(' ')
  const known = named.flatMap((acr) => (Object.hasOwn(strengths, acr) ? [strengths[acr] as Strength] : []))
  return {
    // The first that can be met is as good as the best: the weaker of them is enough.
    strength: known.includes('passkey') ? 'passkey' : (known[0] ?? null),
    isUnknown: essential !== null && known.length === 0,
    maxAgeSeconds: maxAge === 0 ? null : maxAge,
    isFresh: maxAge === 0 || prompts.includes('login') || prompts.includes('select_account'),
    isConsent: prompts.includes('consent'),
    isSilent: prompts.includes('none'),
  }
}

function readMaxAge(text: string | null): number | null {
  const seconds = text === null || text === '' ? Number.NaN : Number(text)
  return Number.isSafeInteger(seconds) && seconds >= 0 ? seconds : null
}

/** Null where it asks for none, or would take another. */
function readEssentialAcr(claims: string | null): string[] | null {
  const acr = readObject(readObject(readObject(claims === null ? null : parse(claims))?.['id_token'])?.['acr'])
  if (acr?.['essential'] !== true && acr?.['essential'] !== 'true') return null
  // One where a list belongs is meant like a list of one.
  const values = acr['values'] ?? acr['value']
  return values === undefined || values === null ? null : [values].flat().map(String)
}

const readObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
