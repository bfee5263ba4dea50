const patienceMs = 30_000

/** What an address answers, which may be anybody’s: no longer than this, and from nowhere else. @throws Error */
export async function download(
  url: string,
  mostBytes: number,
  signal = AbortSignal.timeout(patienceMs),
): Promise<Buffer> {
  const answer = await fetch(url, { redirect: 'error', signal }).catch(
    // “fetch failed” alone helps nobody.
    (error: Error) => Promise.reject(error.cause instanceof Error ? error.cause : error),
  )
  if (!answer.ok) throw new Error(`it answered ${answer.status}`)
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of answer.body ?? []) {
    length += part.length
    if (length > mostBytes) throw new Error('its answer is too long')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
