import { makeProblem, ProblemError } from '../../api/problem.ts'

/** The server takes no more (FIDO's own file has about 6 MB). */
const MOST_BYTES = 20 * 1024 * 1024

/** The text of a metadata file. What cannot be one is refused before any of it is sent. @throws ProblemError */
export async function readMetadataFile(file: Blob): Promise<string> {
  if (file.size > MOST_BYTES)
    throw refusal('metadata-too-large', 'This file is larger than 20 MB: it is no FIDO metadata', rightFile)
  const text = (await file.text()).trim()
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text))
    throw refusal(
      'metadata-malformed',
      'This file is no FIDO metadata: it is not one line of three parts with dots between',
      rightFile,
    )
  return text
}

const rightFile = 'Choose the file as FIDO gives it, `blob.jwt`, of about 6 MB.'

const refusal = (code: string, title: string, help: string) => new ProblemError(makeProblem(code, title, help))
