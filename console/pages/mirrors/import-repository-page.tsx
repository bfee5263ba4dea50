import { Anchor, Button, Fieldset, Group, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queryClient, refresh } from '../../api/queries.ts'
import type { ImportView } from '../../api/shapes.ts'
import { useMe } from '../../api/use-me.ts'
import { FormerNameAlert } from '../../forms/former-name-alert.tsx'
import { nameProblem } from '../../forms/name-problem.ts'
import { ownProjectsQuery, ProjectField } from '../../forms/project-field.tsx'
import { required, useActForm } from '../../forms/use-act-form.ts'
import { visibilityWords } from '../../forms/visibility-words.ts'
import type { FetchAhead } from '../../fetch-ahead.ts'
import { paths, projectApi } from '../../paths.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { useGo, useUrlQuery } from '../../url-state.ts'
import { createInProject } from '../projects/create-in-project.ts'
import { CredentialFields, credentialSent, noCredential } from './credential-fields.tsx'
import { suggestName } from './import-words.ts'
import { isSsh } from './ssh-words.ts'

/** As it is now: the form begins with a project of this list. */
export const fetchAhead: FetchAhead = () => [queryClient.fetchQuery(ownProjectsQuery)]

/** A repository that is somewhere else comes here, with all its history. */
export function ImportRepositoryPage() {
  useMe()
  const { project: wanted } = useUrlQuery()
  const { data } = useSuspenseQuery(ownProjectsQuery)
  const projects = data.items.map(({ name }) => name)
  const go = useGo()
  // Until somebody types a name, it follows the address.
  const [isNamed, setNamed] = useState(false)

  const { form, act, submitWith, onSubmit } = useActForm({
    initialValues: {
      ...noCredential,
      url: '',
      project: wanted ?? projects[0] ?? '',
      name: '',
      visibility: 'private',
      takesFormerName: false,
    },
    validate: { url: required('the address of the repository'), project: nameProblem, name: nameProblem },
    act: ({ project, url, name, visibility, takesFormerName, ...credential }) =>
      createInProject({ name: project, exists: projects.length > 0, takesFormerName }, () =>
        api.post<ImportView>(`${projectApi(project)}/imports`, {
          url,
          name,
          visibility,
          takesFormerName,
          ...credentialSent(url, credential),
        }),
      ),
    onDone: async (made) => {
      await Promise.all([refresh('/projects'), refresh('/repositories'), refresh('/home')])
      go(paths.importProgress(made.project, made.repository), { replace: true })
    },
  })
  const { url, name } = form.values
  const urlProps = form.getInputProps('url')
  return (
    <>
      <PageHeader
        title="Import a repository"
        description="All branches and tags come with their history. It lands like a first push: from there, its default branch is protected."
        crumbs={[{ label: 'Projects', href: paths.projects }]}
      />
      <form onSubmit={onSubmit} noValidate>
        <Stack maw={640}>
          <TextInput
            label="Address of the repository"
            placeholder="https://git.example.com/team/api.git"
            // Browsers take the short form of SSH for no address.
            inputMode="url"
            maxLength={2000}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            {...urlProps}
            onChange={(event) => {
              const typed = event.currentTarget.value
              form.setFieldValue('url', typed)
              if (!isNamed) form.setFieldValue('name', suggestName(typed))
            }}
          />
          <Fieldset legend={isSsh(url) ? 'To come in there over SSH' : 'If it is not public'}>
            <CredentialFields
              url={url}
              getInputProps={form.getInputProps}
              placeholder={isSsh(url) ? '' : hostOf(url)}
            />
          </Fieldset>
          <ProjectField label="Into the project" first={projects} {...form.getInputProps('project')} />
          <TextInput
            label="Name here"
            placeholder="api"
            maxLength={64}
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('name')}
            value={name}
            onChange={(event) => {
              setNamed(event.currentTarget.value !== '')
              form.setFieldValue('name', event.currentTarget.value)
            }}
          />
          <Radio.Group label="Who may see it" {...form.getInputProps('visibility')}>
            <Stack gap="xs" mt="xs">
              {visibilityWords.map((choice) => (
                <Radio key={choice.value} {...choice} />
              ))}
            </Stack>
          </Radio.Group>
          <Text size="sm" c="dimmed">
            Pull requests, issues and wikis stay where they are. Files of Git LFS come along where the other server
            gives them out over HTTPS.
          </Text>
          <FormerNameAlert
            error={act.error}
            isPending={act.isPending}
            takeOver={() => submitWith({ takesFormerName: true })}
          />
          <Group>
            <Button type="submit" loading={act.isPending}>
              Import it
            </Button>
            <Anchor href={paths.newRepository(wanted)} size="sm">
              Begin with an empty one instead
            </Anchor>
          </Group>
        </Stack>
      </form>
    </>
  )
}

const hostOf = (url: string): string => {
  const host = URL.parse(url)?.host
  return host ? `for ${host}` : ''
}
