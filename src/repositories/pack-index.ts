/** Object names in a pack's index, version 2: gitformat-pack(5), "pack-*.idx files". @throws RangeError for anything else */
export function* readPackIndex(bytes: Buffer): Generator<string> {
  const fanout = 8
  const names = fanout + 256 * 4
  if (bytes.length < names || bytes.readUInt32BE(0) !== 0xff744f63 || bytes.readUInt32BE(4) !== 2)
    throw new RangeError('not a pack index')
  const count = bytes.readUInt32BE(names - 4)
  if (bytes.length < names + count * 20) throw new RangeError('the pack index is cut off')
  for (let at = names; at < names + count * 20; at += 20) yield bytes.toString('hex', at, at + 20)
}
