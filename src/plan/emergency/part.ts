import type { ParametersParameter } from 'fhir/r4.js'
import { shownDay } from '../summary/dates.ts'
import { cutText, moreText } from './cut.ts'

/** One part of a parameter; undefined where there is nothing to say. */
export type Part = ParametersParameter | undefined

export const group = (name: string, parts: readonly Part[]): ParametersParameter => ({
  name,
  part: parts.filter((part) => part !== undefined),
})

export const text = (name: string, value: string | undefined, most: number): Part =>
  value === undefined ? undefined : { name, valueString: cutText(value, most) }

/** Only a code that is known: any other is said in words beside it, or not at all. */
export const code = <Code extends string>(
  name: string,
  value: Code | undefined,
  wording: Record<Code, string>,
): Part => (value === undefined || !Object.hasOwn(wording, value) ? undefined : { name, valueCode: value })

export const flag = (name: string, value: boolean | undefined): Part =>
  value === undefined ? undefined : { name, valueBoolean: value }

export const day = (name: string, value: string | undefined): Part =>
  value === undefined || shownDay(value) === undefined ? undefined : { name, valueDate: value.slice(0, 10) }

export const moment = (name: string, value: string | undefined): Part =>
  value === undefined || shownDay(value) === undefined ? undefined : { name, valueDateTime: value }

/** As many items as may be shown, then one that says how many more there are. */
export const several = <Item>(
  name: string,
  items: readonly Item[],
  most: number,
  parts: (item: Item) => readonly Part[],
): ParametersParameter[] => {
  const shown = items.slice(0, most).map((item) => group(name, parts(item)))
  return items.length <= most
    ? shown
    : [...shown, group(name, [{ name: 'more', valueString: moreText(items.length - most) }])]
}
