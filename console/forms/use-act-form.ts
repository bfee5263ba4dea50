import { useForm, type UseFormInput } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { fieldProblems } from '../api/problem.ts'

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
  const act = useMutation({
    mutationFn: options.act,
    ...(options.onDone ? { onSuccess: options.onDone } : {}),
    onError: (error) => {
      form.setErrors(fieldProblems(error))
      showFirstError()
    },
  })
  return { form, act, onSubmit: form.onSubmit((values) => act.mutate(values), showFirstError) }
}

/** A long form has its errors out of sight: the first is brought into view, to be mended. */
function showFirstError() {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus())
}

export const required = (what: string) => (value: string) => (value.trim() ? null : `Please give ${what}`)
