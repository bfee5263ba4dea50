import { Button, Text } from '@mantine/core'
import { paths } from '../../paths.ts'
import { useUrlQuery } from '../../url-state.ts'
import { EntryLayout } from '../entry/entry-layout.tsx'

const again = 'Start the program again, and answer in the browser that it opens.'

/** By the code that the server leads here with; any other gets the first. */
const words: Record<string, { title: string; why: string; help: string }> = {
  invalid_request: {
    title: 'This program asks in a way that is not understood',
    why: 'Something is missing in what it sent, or is not allowed here.',
    help: 'Set it up by the guide for git, and try again. If you only followed a link, close this page.',
  },
  invalid_client: {
    title: 'This program is not known here',
    why: 'Only programs that are known to Postern can ask to be let in.',
    help: 'Set it up by the guide for git. If you only followed a link, close this page.',
  },
  invalid_redirect_uri: {
    title: 'This program wants the answer somewhere else',
    why: 'Answers go to a program on your own computer, and to nowhere else. Whoever sent you here may want to come in as you.',
    help: 'If you only followed a link, close this page: nothing was let in.',
  },
  session_not_found: {
    title: 'This was answered, or took too long',
    why: 'A question waits for ten minutes, in the browser that it began in.',
    help: again,
  },
  slow_down: {
    title: 'Too many programs wait for an answer',
    why: 'From your address, or from all together, so many have asked that no more can.',
    help: 'Answer those that you started, or try again in ten minutes. Nothing was let in.',
  },
  server_error: {
    title: 'Something went wrong here',
    why: 'It has been logged. Nothing was let in.',
    help: again,
  },
}

/** What a program asked could not be asked; nothing of its own words is shown. */
export function AuthoriseProblemPage() {
  const { problem = '' } = useUrlQuery()
  const known = Object.hasOwn(words, problem) ? words[problem] : words['invalid_request']
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
