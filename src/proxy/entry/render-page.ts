import type { AnsweredHere } from '../entry.ts'

export interface PageAction {
  label: string
  href: string
  /** Beside what stands in this tab, e.g. a form that was filled in. */
  isNewTab?: boolean
  isQuiet?: boolean
}

/** What a person is shown on the host of a tool, in words, without scripts and without anything from elsewhere. */
interface Page {
  status: number
  title: string
  sentences: readonly string[]
  actions?: readonly PageAction[]
  headers?: Readonly<Record<string, string | string[]>>
}

export function renderPage({ status, title, sentences, actions = [], headers = {} }: Page): AnsweredHere {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<header class="mark">${mark} Postern</header>
<main>
<h1>${escape(title)}</h1>
${sentences.map((sentence) => `<p>${escape(sentence)}</p>`).join('\n')}
${actions.length === 0 ? '' : `<p class="actions">${actions.map(renderAction).join('\n')}</p>`}
</main>
</body>
</html>
`
  return {
    kind: 'answer',
    status,
    headers: {
      ...pageHeaders,
      'content-type': 'text/html; charset=utf-8',
      ...headers,
    },
    body,
  }
}

/** Of everything that is answered here. */
export const pageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const

const renderAction = ({ label, href, isNewTab = false, isQuiet = false }: PageAction): string =>
  `<a class="${isQuiet ? 'quiet' : 'main'}" href="${escape(href)}"${isNewTab ? ' target="_blank" rel="noopener"' : ''}>${escape(label)}</a>`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] ?? char)

// The console's own colours and sizes, small enough to stand here.
const mark =
  '<svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><path fill="#3550b7" d="M2 6h5v3h4V6h4v3h2V6h4v3h4V6h5v24H2z"/><path fill="#fff" d="M11 30V20a5 5 0 0 1 10 0v10z"/><circle cx="18.6" cy="24" r="1.1" fill="#3550b7"/></svg>'
const style = `:root{color-scheme:light dark;--text:#000;--page:#fff;--card:#fff;--line:#dee2e6;--accent:#3550b7}
@media(prefers-color-scheme:dark){:root{--text:#dfe3ea;--page:#171a20;--card:#22272f;--line:#3d4451;--accent:#97a7e6}}
*{box-sizing:border-box}
body{margin:0;display:grid;justify-items:center;gap:20px;padding:48px 16px;background:var(--page);color:var(--text);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:460px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:32px 28px}
.mark{display:flex;align-items:center;gap:8px;margin:0;font-size:18px;font-weight:650}
@media(max-width:480px){body{padding:24px 16px}}
h1{margin:0 0 12px;font-size:24px;line-height:1.3;overflow-wrap:anywhere}
p{margin:0 0 12px;overflow-wrap:anywhere}
.actions{display:flex;flex-wrap:wrap;gap:10px;margin:24px 0 0}
a{display:inline-block;padding:10px 18px;border:1px solid transparent;border-radius:8px;text-decoration:none;font-weight:600}
a.main{background:var(--accent);color:#fff}
@media(prefers-color-scheme:dark){a.main{color:#101113}}
a.quiet{border-color:var(--line);color:var(--text)}
a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}`
