/**
 * oidc-provider complains on standard error of every Node that is not called long-term support yet, whatever its
 * number; which Node we run on is our package's to say. Nothing else writes there meanwhile.
 */
export async function loadProvider(): Promise<typeof import('oidc-provider')> {
  const { warn } = console
  console.warn = () => {}
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
