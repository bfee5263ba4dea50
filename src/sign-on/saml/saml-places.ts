/** Where the identity provider is found; its entity id is the address of its metadata. */
export const samlPlaces = (origin: string) => ({
  entityId: `${origin}/saml/metadata`,
  metadataUrl: `${origin}/saml/metadata`,
  ssoUrl: `${origin}/saml/sso`,
  startUrl: (slug: string) => `${origin}/saml/start/${slug}`,
})
