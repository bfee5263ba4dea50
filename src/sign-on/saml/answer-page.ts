import { hash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { Outgoing } from './answer.ts'

export const answerScriptPath = '/saml/answer.js'

/** Sends the form off by itself, once; whoever has no scripts presses its button. */
export const answerScript = `document.querySelector('button').hidden = true
document.querySelector('form').submit()
`

const style = `:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 24rem; padding: 0 1rem; text-align: center }
h1 { font-size: 1.25rem }
button { font: inherit; font-weight: 600; padding: .5rem 1.25rem; cursor: pointer }`
const styleHash = hash('sha256', style, 'base64')

/**
 * The answer as a form that the browser posts to the application: bindings §3.5. `form-action` names its scheme and not
 * its host, since Chromium holds the redirects that follow a form against it too, and where those lead is not known.
 */
export function sendAnswerPage(reply: FastifyReply, { to, acsUrl, xml, relayState }: Outgoing): FastifyReply {
  const { protocol, host } = new URL(acsUrl)
  const policy = [
    `default-src 'none'; script-src 'self'; style-src 'sha256-${styleHash}'`,
    `form-action ${protocol === 'https:' ? 'https:' : 'http: https:'}; base-uri 'none'; frame-ancestors 'none'`,
  ].join('; ')
  return (
    reply
      .header('content-security-policy', policy)
      // With less, the browser says of the form that it comes from nowhere, which tools take for a forgery.
      .header('referrer-policy', 'strict-origin')
      .type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Signing you in · Postern</title>
<style>${style}</style></head>
<body>
<h1>Signing you in</h1>
<p>You are on your way to ${escapeHtml(to)}, at ${escapeHtml(host)}.</p>
<form method="post" action="${escapeHtml(acsUrl)}">
${hidden('SAMLResponse', Buffer.from(xml).toString('base64'))}
${relayState === null ? '' : hidden('RelayState', relayState)}
<button>Continue</button>
</form>
<script src="${answerScriptPath}"></script>
</body>
</html>
`)
  )
}

const hidden = (name: string, value: string): string =>
  `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`

const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
