/** What the example organisation holds. Everything a person reads says that it is an example. */
export const people = [
  { username: 'demo-maya', displayName: 'Maya Demo', email: 'maya@demo.example' },
  { username: 'demo-noah', displayName: 'Noah Demo', email: 'noah@demo.example' },
] as const

export const project = {
  name: 'demo',
  description: 'An example organisation. Remove it from Home when you have seen enough.',
}
export const tool = {
  slug: 'who',
  name: 'Who am I?',
  description: 'An example tool behind the proxy: it shows what it is told of you',
}
export const repository = { name: 'tea-shop', description: 'An example repository with merged and open pull requests' }
export const group = { name: 'demo-developers', description: 'An example group' }

const price = `export interface Tea {
  name: string
  centsPer100g: number
}

/** Price of an amount of tea, in cents. */
export function price(tea: Tea, grams: number): number {
  return Math.round((tea.centsPer100g * grams) / 100)
}
`

export const baseline: Record<string, string> = {
  'README.md': `# Tea shop

An **example** to look around in. \`main\` is protected: each change came through a pull request and was merged with a
tap on a passkey.

| tea | per 100 g |
|---|---|
| Assam | 6.40 |
| Sencha | 9.80 |

Look at one of the open pull requests, read its files, and merge it with your own key.
`,
  'src/price.ts': price,
  'src/teas.ts': `import type { Tea } from './price.ts'

export const teas: Tea[] = [
  { name: 'Assam', centsPer100g: 640 },
  { name: 'Sencha', centsPer100g: 980 },
]
`,
}

export interface Proposal {
  branch: string
  title: string
  description: string
  files: Record<string, string>
  /** `open` ones wait for the new owner. */
  ends: 'merge' | 'squash' | 'open'
}

export const proposals: Proposal[] = [
  {
    branch: 'add-oolong',
    title: 'Sell oolong',
    description: 'Customers keep asking for it.',
    files: {
      'src/teas.ts': (baseline['src/teas.ts'] ?? '').replace('\n]', "\n  { name: 'Oolong', centsPer100g: 1250 },\n]"),
    },
    ends: 'merge',
  },
  {
    branch: 'opening-hours',
    title: 'Say when the shop is open',
    description: 'So that nobody stands before a closed door.',
    files: { 'OPENING-HOURS.md': '# Opening hours\n\nTuesday to Saturday, 9 to 18.\n' },
    ends: 'squash',
  },
  {
    branch: 'refuse-negative-amounts',
    title: 'Refuse negative amounts of tea',
    description:
      'A basket with **−100 g** of Sencha was paid out yesterday.\n\n- refuse what is not a positive number\n- say so in words',
    files: {
      'src/price.ts': price.replace(
        '  return Math.round',
        "  if (!(grams > 0)) throw new RangeError('an amount of tea is a positive number of grams')\n  return Math.round",
      ),
    },
    ends: 'open',
  },
  {
    branch: 'monday-too',
    title: 'Open on Mondays too',
    description: 'Mondays are quiet, but the neighbours asked.',
    files: { 'OPENING-HOURS.md': '# Opening hours\n\nMonday to Saturday, 9 to 18.\n' },
    ends: 'open',
  },
]
