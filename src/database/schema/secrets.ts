/** The tables that `secrets/` writes. */
export interface SecretsTables {
  secret: SecretTable
}

/** A key of this instance, e.g. the one that signs source attestations, closed under the secret key. */
export interface SecretTable {
  name: string
  box: string
  createdAt: number
}
