import { escape } from '../entry/render-page.ts'

export interface Told {
  /** Of the assertion; null where there is none that can be believed. */
  claims: Readonly<Record<string, unknown>> | null
  problem: string | null
  /** Plain headers about whoever came. */
  plain: readonly { name: string; value: string }[]
  /** Where this tool is opened. */
  audience: string
}

const meanings: Record<string, string> = {
  preferred_username: 'Username',
  name: 'Name',
  email: 'Mail address',
  groups: 'Groups',
  acr: 'How strongly they signed in',
  amr: 'By what',
  auth_time: 'When they last tapped',
  sub: 'The same for ever, whatever they are called',
  exp: 'To be believed until',
  iss: 'Who says so',
  aud: 'Whom it is said to',
}

const strengths: Record<string, string> = {
  phr: 'a passkey: it cannot be phished',
  phrh: 'a hardware key of a verified model: it cannot be phished, nor copied',
}

/** The page, in words for whoever has never seen such a header. Everything on it was sent by somebody: all is escaped. */
export function renderWho({ claims, problem, plain, audience }: Told, issuer: string): string {
  const name = typeof claims?.['name'] === 'string' ? claims['name'] : null
  const rows = Object.entries(meanings).flatMap(([claim, meaning]) =>
    claims?.[claim] === undefined ? [] : [row(meaning, valueOf(claim, claims[claim]), claim)],
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who am I?</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${name === null ? 'Nobody that this tool knows' : `You are ${escape(name)}`}</h1>
<p>This page is a tool behind Postern. It has no sign-in of its own: it knows only what came with your request.</p>
${problem === null ? '' : `<p class="bad">${escape(problem)}</p>`}
${rows.length === 0 ? '' : `<h2>Signed by Postern, and checked</h2><dl>${rows.join('\n')}</dl>`}
<h2>In plain headers</h2>
${
  plain.length === 0
    ? '<p>None: the route does not name any.</p>'
    : `<dl>${plain.map((one) => row(one.name, one.value)).join('\n')}</dl>`
}
<p class="links"><a href="${escape(issuer)}/">Your tools</a> <a href="${escape(audience)}/.postern/sign-out">Sign out here</a></p>
</main>
</body>
</html>
`
}

const row = (label: string, value: string, claim?: string): string =>
  `<div><dt>${escape(label)}${claim === undefined ? '' : ` <code>${escape(claim)}</code>`}</dt><dd>${escape(value)}</dd></div>`

function valueOf(claim: string, value: unknown): string {
  if ((claim === 'auth_time' || claim === 'exp') && typeof value === 'number')
    return `${new Date(value * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (claim === 'acr') return strengths[String(value)] ?? String(value)
  return Array.isArray(value) ? value.join(', ') || 'none' : String(value)
}

const style = `:root{color-scheme:light dark;--text:#212529;--dim:#5c636a;--page:#f8f9fa;--card:#fff;--line:#dee2e6;--accent:#3550b7;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--text:#dfe3ea;--dim:#a0a9b8;--page:#171a20;--card:#22272f;--line:#3d4451;--accent:#97a7e6;--bad:#f79a92}}
*{box-sizing:border-box}
body{margin:0;padding:32px 16px;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:680px;margin:0 auto;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:32px 28px}
h1{margin:0 0 12px;font-size:26px;line-height:1.3;overflow-wrap:anywhere}
h2{margin:28px 0 8px;font-size:17px}
p{margin:0 0 12px}
dl{margin:0}
dl div{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:4px 16px;padding:8px 0;border-top:1px solid var(--line)}
dt{color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
code{font-size:13px}
.bad{color:var(--bad)}
.links{margin:28px 0 0;display:flex;gap:20px}
a{color:var(--accent)}
@media(max-width:480px){dl div{grid-template-columns:1fr}main{padding:24px 18px}}`
