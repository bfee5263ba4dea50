import { Checkbox, Radio, Stack, Switch } from '@mantine/core'
import type { BranchRule } from '../../api/shapes.ts'
import { Section } from '../../ui/section.tsx'
import type { RulePart } from './rule-part.ts'
import { methodWords } from './method-words.ts'

const methods = Object.keys(methodWords) as BranchRule['methods']

/** How changes come onto the branch. */
export const FormLanding = ({ rule, errors, onChange }: RulePart) => (
  <Section title="How it changes">
    <Stack gap="lg">
      <Radio.Group
        label="Pushing to it directly"
        value={rule.push}
        error={errors['push']}
        onChange={(push) => onChange({ push: push })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="closed" label="Closed" description="Changes come by pull request alone" />
          <Radio
            value="tap"
            label="Open, with a tap for each push"
            description="The push waits in the terminal until its person taps in the browser"
          />
          <Radio
            value="tap-or-signed"
            label="Open, with a tap or a signed push"
            description="git push --signed with a registered security key and its PIN is that tap, in the terminal. It is proof in every clone too, but no page has shown the change"
          />
        </Stack>
      </Radio.Group>
      <Checkbox.Group
        label="Ways to merge"
        value={rule.methods}
        error={errors['methods']}
        onChange={(chosen) => onChange({ methods: methods.filter((method) => chosen.includes(method)) })}
      >
        <Stack gap="xs" mt="xs">
          {methods.map((method) => (
            <Checkbox
              key={method}
              value={method}
              label={methodWords[method].label}
              description={methodWords[method].what}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Switch
        label="Only what stock git can check"
        description="Keys and ways to merge whose signature git verify-commit shows. Off: some proofs are read by postern verify alone"
        checked={rule.stockVerifiableOnly}
        onChange={({ currentTarget: { checked } }) => onChange({ stockVerifiableOnly: checked })}
      />
      <Switch
        label="Only commits signed by a registered key"
        description="By an SSH key that its owner registered for signing under Account; what a tap made here counts too"
        checked={rule.signedCommits}
        onChange={({ currentTarget: { checked } }) => onChange({ signedCommits: checked })}
      />
      <Switch
        label="A linear history"
        description="No merge commits on this branch"
        checked={rule.linearHistory}
        onChange={({ currentTarget: { checked } }) => onChange({ linearHistory: checked })}
      />
    </Stack>
  </Section>
)
