import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { dayOf } from '../dates.ts'

/** Reading an answer, as those do who show it: by names of parameters. Parts of a parameter are named in its `part`. */
type Named = readonly ParametersParameter[] | undefined

export const allNamed = (named: Named, name: string): ParametersParameter[] =>
  (named ?? []).filter((parameter) => parameter.name === name)

export const firstNamed = (named: Named, name: string): ParametersParameter | undefined =>
  named?.find((parameter) => parameter.name === name)

/** The value as text: of a code, string, date, dateTime or instant. */
export const textNamed = (named: Named, name: string): string | undefined => {
  const found = firstNamed(named, name)
  return found?.valueString ?? found?.valueCode ?? found?.valueDate ?? found?.valueDateTime ?? found?.valueInstant
}

export const textsNamed = (named: Named, name: string): string[] =>
  allNamed(named, name).flatMap(({ valueString, valueCode }) => valueString ?? valueCode ?? [])

/** When the record that an answer was derived from was last written to. */
export const confirmedOn = ({ parameter }: Parameters): string | undefined =>
  textNamed(parameter, 'lastConfirmed') ?? textNamed(parameter, 'asOf')

/** The marks of an answer that hold on the day of reading: their day has come. */
export const marksHolding = (answer: Parameters, now: Date): ParametersParameter[] => {
  const today = dayOf(now)
  return allNamed(answer.parameter, 'mark').filter(({ part }) => (textNamed(part, 'from') ?? today) <= today)
}
