import {
  Alert,
  Chip,
  createTheme,
  type CSSVariablesResolver,
  Fieldset,
  type MantineColorsTuple,
  Modal,
} from '@mantine/core'

/** One accent; green, amber and red are kept for what a proof says. */
const postern: MantineColorsTuple = [
  '#eef1fb',
  '#dce2f6',
  '#b9c4ee',
  '#97a7e6',
  '#7388dd',
  '#5069d1',
  '#435fcf',
  '#3550b7',
  '#2b429a',
  '#20347d',
]

/** A dark with a hint of blue; 7 is the page, 6 what lies on it, 0 the text. */
const dark: MantineColorsTuple = [
  '#dfe3ea',
  '#c4cad4',
  '#a0a9b8',
  '#768091',
  '#3d4451',
  '#2f3540',
  '#22272f',
  '#171a20',
  '#12151a',
  '#0d0f13',
]

export const theme = createTheme({
  primaryColor: 'postern',
  colors: { postern, dark },
  primaryShade: { light: 7, dark: 5 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  lineHeights: { md: '1.6' },
  components: {
    Alert: Alert.extend({
      styles: {
        body: { minWidth: 0 },
        message: { color: 'var(--mantine-color-text)' },
        title: { color: 'var(--mantine-color-text)' },
      },
    }),
    // The mark of the chosen one moves it against the others' baseline.
    Chip: Chip.extend({ styles: { root: { display: 'flex' } } }),
    // As the labels of the fields around it.
    Fieldset: Fieldset.extend({ styles: { legend: { fontSize: 'var(--mantine-font-size-sm)', fontWeight: 550 } } }),
    Modal: Modal.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 600, lineHeight: 1.4 } },
    }),
  },
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' } } },
})

/** The light variant of a colour, as a tint of the dark page instead of a block of it. */
const quietInDark = (color: string) => ({
  [`--mantine-color-${color}-light`]: `color-mix(in srgb, var(--mantine-color-${color}-5) 16%, var(--mantine-color-dark-7))`,
  [`--mantine-color-${color}-light-hover`]: `color-mix(in srgb, var(--mantine-color-${color}-5) 24%, var(--mantine-color-dark-7))`,
  [`--mantine-color-${color}-light-color`]: `var(--mantine-color-${color}-2)`,
})

/** Mantine's dimmed text and links are too faint for WCAG AA on our backgrounds. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#59616d',
    '--mantine-color-placeholder': '#68707c',
    '--mantine-color-anchor': 'var(--mantine-color-postern-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-2)',
    '--mantine-color-placeholder': '#8791a2',
    '--mantine-color-anchor': 'var(--mantine-color-postern-3)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    ...Object.assign({}, ...['postern', 'gray', 'yellow', 'red', 'teal'].map(quietInDark)),
  },
})
