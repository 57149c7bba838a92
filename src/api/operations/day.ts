import { FORMATS } from '../../validation/values/formats.ts'
import { malformedParameter } from '../parameters.ts'

/** A day of the calendar, as YYYY-MM-DD. Throws `bad-request` for a date that is less precise, or that does not exist. */
export const dayIn = (text: string, parameter: string): string => {
  if (text.length === 'YYYY-MM-DD'.length && FORMATS['date']?.accepts(text) === true) return text
  throw malformedParameter(parameter, `${parameter} must be a day that exists, as YYYY-MM-DD.`)
}
