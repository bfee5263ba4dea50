import { Button, Text } from '@mantine/core'
import { paths } from '../../paths.ts'
import { EntryLayout } from '../entry/entry-layout.tsx'

const again = 'Open the tool again from your Home. If you only followed a link, close this page.'
const administrator = 'Tell whoever looks after the tool what stands here.'

/** By the code that the server leads here with; any other gets the first. */
const words: Record<string, { title: string; why: string; help: string }> = {
  'not-understood': {
    title: 'This tool asks in a way that is not understood',
    why: 'Something is missing in what it sent, or is not spoken here.',
    help: administrator,
  },
  'unknown-application': {
    title: 'This tool is not known here',
    why: 'Nobody has set it up here, or it was ended.',
    help: again,
  },
  'wrong-return': {
    title: 'This tool wants the answer somewhere else',
    why: 'Answers go to the addresses that an administrator wrote down, and to nowhere else.',
    help: again,
  },
  'bad-signature': {
    title: 'This question was not signed by the tool',
    why: 'The tool signs what it asks, and this was signed by nobody, or by somebody else.',
    help: again,
  },
  'too-old': {
    title: 'This took too long',
    why: 'What a tool asks is good for a few minutes.',
    help: again,
  },
  used: {
    title: 'This was answered already',
    why: 'What a tool asks is answered once.',
    help: again,
  },
  'too-many': {
    title: 'Too many questions of tools wait here',
    why: 'So many came from your address, or from everybody, that no more are taken just now.',
    help: 'Open the tool again in a few minutes.',
  },
  'not-from-here': {
    title: 'This tool cannot be opened from here',
    why: 'It signs people in only when they begin at the tool itself.',
    help: 'Go to the tool, and sign in there.',
  },
  'other-name': {
    title: 'This tool asks for another kind of name',
    why: 'It was set up to be told one kind of name, and asked for another.',
    help: administrator,
  },
  'no-address': {
    title: 'This tool knows people by their address',
    why: 'Yours was never shown to be yours.',
    help: 'Confirm it under Account, Profile, and open the tool again.',
  },
}

/** What a tool asked could not be asked; nothing of its own words is shown. */
export function SignOnProblem({ problem }: { problem: string }) {
  const known = Object.hasOwn(words, problem) ? words[problem] : words['not-understood']
  return (
    <EntryLayout title={known?.title ?? ''}>
      <Text>{known?.why}</Text>
      <Text>{known?.help}</Text>
      <Button component="a" href={paths.home} variant="default">
        Go to Home
      </Button>
    </EntryLayout>
  )
}
