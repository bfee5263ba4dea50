import { IconPhoto } from '@tabler/icons-react'
import { createElement, useEffect, useMemo, useState } from 'react'
import Markdown, { type Components, type ExtraProps } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { revealHidden } from './code-hidden.ts'
import { languageOf } from './code-language.ts'
import { CodeSnippet } from './code-snippet.tsx'
import { htmlToText } from './markdown-html.ts'
import { type MarkdownTarget, anchorOf, headingAnchor, markdownTarget } from './markdown-links.ts'
import { linkReferences, type ReferencePlaces, referenceHref } from './markdown-references.ts'
import styles from './markdown.module.css'

export interface MarkdownPlaces {
  /** Where relative links start; '' for the root of the repository. */
  directory: string
  /** The page of a file or directory of the repository, null where it has none, and its bytes. */
  fileHref: (path: string, hash: string) => string | null
  imageHref: (path: string) => string
  /** Of what Markdown of a repository names. */
  references?: ReferencePlaces
}

/**
 * Markdown that somebody pushed or typed: no HTML, no script, nothing fetched from another host. Headings start one
 * level below the page's own. Keep `places` the same object between renders.
 */
export function MarkdownView({ text, places }: { text: string; places: MarkdownPlaces }) {
  const components = useMemo(() => componentsFor(places), [places])
  // A document mostly comes after its page, when nobody looks for the heading any more.
  useEffect(() => {
    const anchor = anchorOf(location.hash)
    if (anchor !== null) document.getElementById(anchor)?.scrollIntoView()
  }, [text])
  return (
    <div className={styles.markdown}>
      {/* Links are judged by `markdownTarget` alone, so that there is one rule and one test. */}
      <Markdown
        remarkPlugins={[remarkGfm, htmlToText, ...(places.references ? [linkReferences] : [])]}
        urlTransform={(url) => url}
        components={components}
      >
        {revealHidden(text)}
      </Markdown>
    </div>
  )
}

const componentsFor = (places: MarkdownPlaces): Components => ({
  a: ({ href = '', children }) => {
    const reference = places.references && referenceHref(href, places.references)
    if (reference !== undefined) return <a href={reference}>{children}</a>
    return (
      <MarkdownLink target={markdownTarget(href, places.directory)} places={places}>
        {children}
      </MarkdownLink>
    )
  },
  img: ({ src, alt = '' }) => (
    <MarkdownImage
      target={markdownTarget(typeof src === 'string' ? src : '', places.directory)}
      alt={alt}
      places={places}
    />
  ),
  h1: heading(2),
  h2: heading(3),
  h3: heading(4),
  h4: heading(5),
  h5: heading(6),
  h6: heading(6),
  pre: ({ children }) => children,
  code: ({ className, children }) => <MarkdownCode {...(className ? { className } : {})}>{children}</MarkdownCode>,
  input: ({ checked }) => (
    <input type="checkbox" checked={checked === true} disabled readOnly aria-label={checked ? 'Done' : 'To do'} />
  ),
  table: ({ children }) => (
    <div className={styles.table} role="group" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
})

const heading = (level: 2 | 3 | 4 | 5 | 6) =>
  function MarkdownHeading({ children, node }: React.PropsWithChildren<ExtraProps>) {
    return createElement(`h${level}`, { id: headingAnchor(textOf(node)) }, children)
  }

interface TextNode {
  type: string
  value?: string
  children?: TextNode[]
}
const textOf = (node: TextNode | undefined): string => node?.value ?? (node?.children ?? []).map(textOf).join('')

/** Inline code, or a fenced block, which alone has a language or a line end. */
function MarkdownCode({ className, children }: React.PropsWithChildren<{ className?: string }>) {
  const text = typeof children === 'string' ? children : ''
  if (className === undefined && !text.endsWith('\n')) return <code className={styles.code}>{children}</code>
  const name = /language-([\w+#-]+)/.exec(className ?? '')?.[1] ?? ''
  return <CodeSnippet text={text.replace(/\n$/, '')} language={languageOf(`a.${name}`)} />
}

function MarkdownLink({
  target,
  places,
  children,
}: React.PropsWithChildren<{ target: MarkdownTarget; places: MarkdownPlaces }>) {
  if (target.kind === 'dead')
    return <span title="This link leads nowhere safe, so it is shown as text">{children}</span>
  if (target.kind === 'anchor') return <a href={`#${target.hash}`}>{children}</a>
  if (target.kind === 'file') {
    const href = places.fileHref(target.path, target.hash)
    return href === null ? <span>{children}</span> : <a href={href}>{children}</a>
  }
  return (
    <a href={target.href} rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}

/** Pictures of the repository are drawn; a remote one would tell its host who reads this, so it is a link. */
function MarkdownImage({ target, alt, places }: { target: MarkdownTarget; alt: string; places: MarkdownPlaces }) {
  const [isBroken, setIsBroken] = useState(false)
  if (target.kind === 'file' && !isBroken)
    return <img src={places.imageHref(target.path)} alt={alt} loading="lazy" onError={() => setIsBroken(true)} />
  const label = (
    <>
      <IconPhoto size={14} aria-hidden /> {alt || 'Picture'}
      {target.kind === 'remote' && ` (${new URL(target.href).host || 'remote'})`}
    </>
  )
  return (
    <span className={styles.picture}>
      <MarkdownLink target={target} places={places}>
        {label}
      </MarkdownLink>
    </span>
  )
}
