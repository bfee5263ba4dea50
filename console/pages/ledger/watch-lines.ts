import type { WitnessView } from '../../api/shapes.ts'

const fetchVerifier = (origin: string): string => `curl -fsSO ${origin}/-/postern-verify.mjs`

/** What somebody pastes to keep watch; with witnesses, it asks for their cosignatures too. */
export const watchLines = (origin: string, key: string, witnesses: readonly Pick<WitnessView, 'key'>[]): string[] => [
  fetchVerifier(origin),
  [
    `node postern-verify.mjs ledger watch ${origin} --key '${key}' --keep ledger.checkpoint`,
    ...witnesses.map((witness) => `--witness '${witness.key}'`),
  ].join(' '),
]

/** What whoever runs a witness pastes. */
export const witnessLines = (origin: string, key: string): string[] => [
  fetchVerifier(origin),
  `node postern-verify.mjs witness --name witness.example.org --log '${key}' --keep witness`,
]
