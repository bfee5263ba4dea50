import type { App } from '../http/app.ts'
import { mountPath } from './provider-settings.ts'

/** What git includes to sign in by browser, for both helpers that people have. */
export const renderGitConfig = (origin: string): string => `# Signs git in by your browser instead of a password:
#   git config --global --add include.path <this file, saved>
# For git-credential-oauth, and for Git Credential Manager, which reads names of its own.
[credential "${origin}"]
	provider = generic
	oauthClientId = git-credential-oauth
	oauthScopes = repository:read repository:write
	oauthAuthURL = ${mountPath}/auth
	oauthTokenURL = ${mountPath}/token
	oauthDeviceAuthURL = ${mountPath}/device/auth
	oauthAuthorizeEndpoint = ${mountPath}/auth
	oauthTokenEndpoint = ${mountPath}/token
	oauthDeviceEndpoint = ${mountPath}/device/auth
	oauthRedirectUri = http://127.0.0.1/
	oauthUseClientAuthHeader = false
	oauthDefaultUserName = oauth2
`

export function gitConfigRoute(app: App, { origin }: { origin: string }): void {
  const text = renderGitConfig(origin)
  app.get('/.gitconfig', {
    config: { access: 'public', isStatic: true },
    handler: (_request, reply) => reply.type('text/plain; charset=utf-8').send(text),
  })
}
