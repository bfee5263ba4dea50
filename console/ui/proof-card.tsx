import { Box, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Proof } from '../api/shapes.ts'
import { CopyBlock } from './copy-block.tsx'
import { Oid } from './oid.tsx'
import { PersonName } from './person-avatar.tsx'
import { proofClaim } from './proof-mark.tsx'
import { strengthWords } from './strength-words.ts'
import { TimeAgo } from './time-ago.tsx'

/** What stands behind one proof mark: who, with which key, when, over which statement, and how to check it without us. */
export function ProofCard({ proof, verifyLines }: { proof: Proof; verifyLines: string[] }) {
  const rows: [label: string, value: ReactNode][] = []
  if (proof.by) rows.push(['Person', <PersonName person={proof.by} size="xs" />])
  if (proof.credentialName) rows.push(['Key', proof.credentialName])
  if (proof.strength && !proof.isSignedPush) rows.push(['Strength', strengthWords[proof.strength]])
  if (proof.userVerified !== null)
    rows.push([
      'Checked',
      proof.userVerified ? 'The key checked that it was them' : 'The key was touched, nothing more',
    ])
  if (proof.sealedAt !== null) rows.push(['Tapped', <TimeAgo at={proof.sealedAt} />])
  if (proof.statementDigest)
    rows.push([proof.isSignedPush ? 'Signed' : 'Statement', <Oid oid={proof.statementDigest} length={12} />])
  rows.push([proof.action === 'tag' ? 'Tag' : 'Commit', <Oid oid={proof.oid} length={12} />])
  return (
    <Stack gap="sm" fz="sm">
      <Text fw={600} fz="sm">
        {proofClaim(proof)}
      </Text>
      {proof.weaker && <Text inherit>{proof.weaker}</Text>}
      <Box component="dl" m={0} style={{ display: 'grid', gridTemplateColumns: 'max-content 1fr', gap: '4px 16px' }}>
        {rows.map(([label, value]) => (
          <Box key={label} display="contents">
            <Text component="dt" inherit c="dimmed">
              {label}
            </Text>
            <Box component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
              {value}
            </Box>
          </Box>
        ))}
      </Box>
      {proof.isSignedPush && (
        <Text inherit c="dimmed">
          The tap was a signed push, with a security key in the terminal. Postern verify reads its certificate.
        </Text>
      )}
      {proof.state === 'proven' && proof.stockVerifiable === false && !proof.isSignedPush && (
        <Text inherit c="dimmed">
          Stock git cannot read this key's signature; postern verify can.
        </Text>
      )}
      {proof.state === 'proven' && !proof.isSignedPush && verifyLines.length > 0 && (
        <CopyBlock label="Verify it yourself" lines={verifyLines} />
      )}
    </Stack>
  )
}
