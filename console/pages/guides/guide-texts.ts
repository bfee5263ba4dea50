import { queryOptions } from '@tanstack/react-query'
import { guideNameOf } from './guides.ts'

/** As they lie beside the sources, each in a file of its own that is fetched when it is read. */
const files = import.meta.glob<string>(
  [
    '../../../docs/guides/**/*.md',
    '../../../docs/formats/*.md',
    '../../../docs/scim-requirements.md',
    '../../../integrations/*/README.md',
    '../../../CHANGELOG.md',
  ],
  { query: '?raw', import: 'default' },
)

interface GuideFile {
  /** The folder that its links start from. */
  directory: string
  load: () => Promise<string>
}

const guides = new Map<string, GuideFile>(
  Object.entries(files).map(([path, load]) => {
    const file = path.replaceAll('../', '')
    return [guideNameOf(file), { directory: file.slice(0, Math.max(0, file.lastIndexOf('/'))), load }]
  }),
)

export const isGuide = (name: string): boolean => guides.has(name)

/** A guide taken apart: its heading is the page's own. Null where there is none of that name. */
export const guideQuery = (name: string) =>
  queryOptions({
    queryKey: ['guide', name],
    staleTime: Infinity,
    queryFn: async () => {
      const guide = guides.get(name)
      if (guide === undefined) return null
      const text = await guide.load()
      const [, title = name, rest = text] = /^# (.+)\n([^]*)$/.exec(text) ?? []
      return { title, text: rest, directory: guide.directory }
    },
  })
