import type { Provider } from 'oidc-provider'
import { createProvider, type ProviderParts } from './provider.ts'
import type { SignOnKeys } from './signing-keys.ts'

/** The provider with the keys of today: it takes no others once it is made, so another is made when they change. */
export function createCurrentProvider(
  parts: Omit<ProviderParts, 'keys'> & { keys: () => Promise<SignOnKeys> },
): () => Promise<Provider> {
  let known: { name: string; provider: Promise<Provider> } | undefined
  return async () => {
    const keys = await parts.keys()
    if (known?.name === keys.name) return known.provider
    const provider = createProvider({ ...parts, keys })
    known = { name: keys.name, provider }
    provider.catch(() => (known = undefined))
    return provider
  }
}
