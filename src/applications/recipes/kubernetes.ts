import type { Recipe } from './recipe.ts'

export const kubernetes: Recipe = {
  id: 'kubernetes',
  product: 'Kubernetes',
  kind: 'openid',
  about: 'kubectl, with kubelogin on each person’s machine',
  ran: 'documentation',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens',
  sourceName: 'Authenticating: OpenID Connect Tokens',
  asks: [],
  slug: 'kubernetes',
  description: 'The cluster, by kubectl',
  launchUrl: null,
  settings: {
    redirectUris: ['http://localhost:8000', 'http://localhost:18000'],
    // It runs on people’s own machines, which keep nothing secret from them; PKCE binds each sign-in.
    keepsSecret: false,
    groups: 'all',
    refreshTokens: true,
    // What kube-apiserver takes unless it is told otherwise.
    idTokenAlgorithm: 'RS256',
  },
  steps: [
    {
      text: 'Arguments of kube-apiserver:',
      code: `--oidc-issuer-url={issuer}
--oidc-client-id={clientId}
--oidc-username-claim=preferred_username
--oidc-username-prefix=postern:
--oidc-groups-claim=groups
--oidc-groups-prefix=postern:`,
    },
    {
      text: 'What a group may do, here one called operations:',
      code: `kubectl create clusterrolebinding postern-operations \\
  --clusterrole=edit --group=postern:operations`,
    },
    {
      text: 'On each person’s machine, once, with the plugin kubelogin:',
      code: `kubectl krew install oidc-login
kubectl config set-credentials postern \\
  --exec-api-version=client.authentication.k8s.io/v1 \\
  --exec-command=kubectl --exec-interactive-mode=Never \\
  --exec-arg=oidc-login --exec-arg=get-token \\
  --exec-arg=--oidc-issuer-url={issuer} \\
  --exec-arg=--oidc-client-id={clientId} \\
  --exec-arg=--oidc-extra-scope=profile \\
  --exec-arg=--oidc-extra-scope=offline_access
kubectl config set-context --current --user=postern`,
    },
    { text: 'kubectl get nodes opens a browser, and goes on after a tap.' },
  ],
  notes: [
    'The API server asks only whether a token is signed and still good. What somebody holds there works until it runs out after their access has ended here.',
    'The API server has to reach this place over https, and refuses an issuer that is not.',
  ],
}
