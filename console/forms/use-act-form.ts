import { useForm, type UseFormInput } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldProblems, ProblemError } from '../api/problem.ts'

interface ActFormOptions<Values extends Record<string, unknown>, Answer> {
  initialValues: Values
  validate?: NonNullable<UseFormInput<Values>['validate']>
  act: (values: Values) => Promise<Answer>
  onDone?: (answer: Answer) => unknown
}

/** A form whose act may be refused: words about a field stand beside it, the rest in `act.error`. Nothing is cleared. */
export function useActForm<Values extends Record<string, unknown>, Answer>(options: ActFormOptions<Values, Answer>) {
  const form = useForm<Values>({
    initialValues: options.initialValues,
    ...(options.validate ? { validate: options.validate } : {}),
  })
  const [saidBeside, setSaidBeside] = useState<Error | null>(null)
  const act = useMutation({
    mutationFn: options.act,
    ...(options.onDone ? { onSuccess: options.onDone } : {}),
    onError: (error) => {
      const problems = fieldProblems(error)
      form.setErrors(problems)
      const isBeside = Object.keys(problems).every((field) => form.getInputNode(field) !== null)
      setSaidBeside(isBeside && saysNoMore(error) ? error : null)
      showFirstError()
    },
  })
  const error = act.error === saidBeside ? null : act.error
  /** The same once more, with what the refusal asked for. */
  const submitWith = (more: Partial<Values>): void => act.mutate({ ...form.values, ...more })
  return {
    form,
    act: { ...act, error },
    submitWith,
    onSubmit: form.onSubmit((values) => act.mutate(values), showFirstError),
  }
}

/** Whether its words are those of its one field, and nothing else. */
const saysNoMore = (error: Error): boolean =>
  error instanceof ProblemError &&
  !error.problem.detail &&
  !error.problem.help &&
  Object.values(error.problem.fields ?? {}).join() === error.problem.title

/** A long form has its errors out of sight: the first is brought into view, to be mended. */
function showFirstError() {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus())
}

export const required = (what: string) => (value: string) => (value.trim() ? null : `Please give ${what}`)
