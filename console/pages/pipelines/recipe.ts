import type { PipelineView } from '../../api/shapes.ts'

export interface Recipe {
  /** The file that it goes into. */
  file: string
  lines: string[]
}

interface Where {
  /** What the pipeline comes into, as a browser shows it. */
  resource: string
  exchangeUrl: string
}

type Wanted = Pick<PipelineView, 'shape' | 'audience'>

/** Trades `$JWT` for a token of ours, and lets git use it; nothing secret is written anywhere. */
export function tradeLines({ resource, exchangeUrl }: Where): string[] {
  const { origin, pathname } = new URL(resource)
  return [
    `ANSWER=$(curl -sS --fail-with-body ${exchangeUrl} \\`,
    '  -d grant_type=urn:ietf:params:oauth:grant-type:token-exchange \\',
    '  -d subject_token_type=urn:ietf:params:oauth:token-type:jwt \\',
    `  -d resource=${resource} \\`,
    '  -d subject_token="$JWT") || { echo "$ANSWER"; exit 1; }',
    'export POSTERN_TOKEN=$(echo "$ANSWER" | jq -r .access_token)',
    `git config --global credential.${origin}.helper \\`,
    `  '!f() { echo username=pipeline; echo "password=$POSTERN_TOKEN"; }; f'`,
    `git clone ${origin}${pathname}.git`,
  ]
}

/** What to paste, and where, so that a pipeline comes in. */
export function recipeOf({ shape, audience }: Wanted, where: Where): Recipe {
  const trade = tradeLines(where)
  const indented = (lines: string[], by: number) => lines.map((line) => `${' '.repeat(by)}${line}`)
  switch (shape) {
    case 'github':
      return {
        file: '.github/workflows/build.yml',
        lines: [
          'on: push',
          'permissions:',
          '  id-token: write',
          '  contents: read',
          'jobs:',
          '  build:',
          '    runs-on: ubuntu-latest',
          '    steps:',
          '      - run: |',
          ...indented(
            [
              'JWT=$(curl -sS -G -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\',
              `  --data-urlencode ${inShell(`audience=${audience}`)} "$ACTIONS_ID_TOKEN_REQUEST_URL" | jq -r .value)`,
              ...trade,
            ],
            10,
          ),
        ],
      }
    case 'gitlab':
      return {
        file: '.gitlab-ci.yml',
        lines: [
          'build:',
          '  id_tokens:',
          '    JWT:',
          `      aud: ${inYaml(audience)}`,
          '  script:',
          '    - |',
          ...indented(trade, 6),
        ],
      }
    case 'bitbucket':
      return {
        file: 'bitbucket-pipelines.yml',
        lines: [
          'pipelines:',
          '  default:',
          '    - step:',
          '        oidc:',
          '          audiences:',
          `            - ${inYaml(audience)}`,
          '        script:',
          '          - |',
          ...indented(['JWT=$BITBUCKET_STEP_OIDC_TOKEN', ...trade], 12),
        ],
      }
    case 'other':
      return {
        file: 'the script of your job',
        lines: [`# JWT is the token that your runner gives the job for the audience ${audience}`, ...trade],
      }
  }
}

/** Somebody chose it, so it may hold anything that fits on a line. */
const inYaml = (text: string): string => `'${text.replaceAll("'", "''")}'`
const inShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
