export type Flag = 0 | 1

/** The scale on which every proof is judged, weakest first. */
export type Strength = 'password' | 'mfa' | 'passkey' | 'device-bound' | 'attested'
/**
 * What a registration proved of its authenticator. `unverified-chain`: signed by a certificate nobody has traced to a
 * known maker. `verified`: by a model whose metadata says that hardware protects its keys; `verified-software`: by one
 * whose metadata does not say so. `bad-status`: verified, and the model's metadata carries a status that is refused here.
 */
export type AttestationOutcome = 'none' | 'self' | 'unverified-chain' | 'verified' | 'verified-software' | 'bad-status'
export type OrganisationRole = 'owner' | 'admin' | 'member' | 'guest'
export type RepositoryRole = 'admin' | 'write' | 'read'
export type MergeMethod = 'merge' | 'squash' | 'rebase' | 'fast-forward'
