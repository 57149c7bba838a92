import { PatternFault, type RegularExpression, regularExpression } from '../../regular-expression/regular-expression.ts'
import { type Compiled, fromTruth, fromValues } from '../compiled.ts'
import { FhirPathFault } from '../fault.ts'
import { type Collection, NOTHING, system } from '../item.ts'
import { single, textItem } from '../operators.ts'
import { type Run, spend } from '../run.ts'
import { asking, eager, type FhirPathFunction, type Functions, integerOf, textOf } from './function.ts'

/** What matching follows for each step of an evaluation. */
const COST_OF_A_STEP = 8

/** Matches at the cost of the evaluation. */
const matched = <T>(run: Run, match: (cost: { left: number }) => T): T => {
  const cost = { left: Math.min(run.budget.steps, 1_000_000) * COST_OF_A_STEP }
  const { left } = cost
  const result = refused(() => match(cost))
  spend(run, 1 + Math.ceil((left - cost.left) / COST_OF_A_STEP))
  return result
}

const refused = <T>(match: () => T): T => {
  try {
    return match()
  } catch (error) {
    if (error instanceof PatternFault) throw new FhirPathFault('too-costly', error.message)
    throw error
  }
}

/** The pattern of a parameter: compiled once where it is a literal, when it is met where it is not. */
const patternOf = (parameter: Compiled | undefined, isWhole: boolean) => {
  const make = (source: string): RegularExpression => refused(() => regularExpression(source, { isWhole }))
  const fixed = parameter?.literal === undefined ? undefined : make(parameter.literal)
  return (run: Run, focus: Collection): RegularExpression | undefined => {
    if (fixed !== undefined) return fixed
    const source = textOf(parameter?.values(run, focus) ?? NOTHING, 'A pattern')
    spend(run, 1_000)
    return source === undefined ? undefined : make(source)
  }
}

const matching = (isWhole: boolean): FhirPathFunction => ({
  least: 1,
  most: 1,
  compile: ({ name, from, parameters: [parameter] }) => {
    const pattern = patternOf(parameter, isWhole)
    return fromTruth((run, focus) => {
      const text = textOf(from.values(run, focus), `${name}()`)
      const expression = pattern(run, focus)
      if (text === undefined || expression === undefined) return undefined
      return matched(run, (cost) => expression.test(text, cost))
    })
  },
})

const comparing = (name: string, holds: (text: string, part: string) => boolean): FhirPathFunction =>
  asking(1, 1, (_, items, parameter = NOTHING) => {
    const [text, part] = [textOf(items, `${name}()`), textOf(parameter, `${name}()`)]
    return text === undefined || part === undefined ? undefined : holds(text, part)
  })

const changing = (name: string, change: (text: string) => string): FhirPathFunction =>
  eager(0, 0, (run, items) => {
    const text = textOf(items, `${name}()`)
    return text === undefined ? NOTHING : textItem(change(text), run)
  })

/** http://hl7.org/fhirpath/N1/#string-manipulation */
export const STRINGS: Functions = {
  indexOf: eager(1, 1, (_, items, parameter = NOTHING) => {
    const [text, part] = [textOf(items, 'indexOf()'), textOf(parameter, 'indexOf()')]
    return text === undefined || part === undefined ? NOTHING : [system('Integer', text.indexOf(part))]
  }),
  substring: eager(1, 2, (run, items, start = NOTHING, length) => {
    const [text, from] = [textOf(items, 'substring()'), integerOf(start, 'substring()')]
    if (text === undefined || from === undefined || from < 0 || from >= text.length) return NOTHING
    const count = length === undefined ? undefined : integerOf(length, 'substring()')
    return textItem(text.slice(from, count === undefined ? undefined : from + Math.max(0, count)), run)
  }),
  startsWith: comparing('startsWith', (text, part) => text.startsWith(part)),
  endsWith: comparing('endsWith', (text, part) => text.endsWith(part)),
  contains: comparing('contains', (text, part) => text.includes(part)),
  upper: changing('upper', (text) => text.toUpperCase()),
  lower: changing('lower', (text) => text.toLowerCase()),
  trim: changing('trim', (text) => text.trim()),
  replace: eager(2, 2, (run, items, pattern = NOTHING, substitution = NOTHING) => {
    const [text, part, by] = [items, pattern, substitution].map((one) => textOf(one, 'replace()'))
    if (text === undefined || part === undefined || by === undefined) return NOTHING
    const pieces = part === '' ? [...text] : text.split(part)
    spend(run, (pieces.length * by.length) >> 5)
    return textItem(part === '' ? by + pieces.map((piece) => piece + by).join('') : pieces.join(by), run)
  }),
  matches: matching(false),
  matchesFull: matching(true),
  replaceMatches: {
    least: 2,
    most: 2,
    compile: ({ from, parameters: [parameter, substitution] }) => {
      const pattern = patternOf(parameter, false)
      return fromValues((run, focus) => {
        const text = textOf(from.values(run, focus), 'replaceMatches()')
        const by = textOf(substitution?.values(run, focus) ?? NOTHING, 'replaceMatches()')
        const expression = pattern(run, focus)
        if (text === undefined || by === undefined || expression === undefined) return NOTHING
        return textItem(
          matched(run, (cost) => expression.replace(text, by, cost)),
          run,
        )
      })
    },
  },
  length: eager(0, 0, (_, items) => {
    const text = textOf(items, 'length()')
    return text === undefined ? NOTHING : [system('Integer', text.length)]
  }),
  toChars: eager(0, 0, (run, items) => {
    const text = textOf(items, 'toChars()')
    if (text === undefined) return NOTHING
    spend(run, text.length)
    return [...text].map((character) => system('String', character))
  }),
  split: eager(1, 1, (run, items, parameter = NOTHING) => {
    const [text, separator] = [textOf(items, 'split()'), textOf(parameter, 'split()')]
    if (text === undefined || separator === undefined) return NOTHING
    spend(run, text.length)
    return text.split(separator).map((part) => system('String', part))
  }),
  join: eager(0, 1, (run, items, separator = NOTHING) => {
    const parts = items.map((item) => textOf([item], 'join()')).filter((part) => part !== undefined)
    const between = textOf(separator, 'join()') ?? ''
    spend(run, (parts.length * between.length) >> 5)
    return items.length === 0 ? NOTHING : textItem(parts.join(between), run)
  }),
  toString: eager(0, 0, (run, items) => {
    const item = single(items, 'toString()')
    if (item === undefined) return NOTHING
    return typeof item.value === 'object' ? quantityText(item.value, run) : textItem(String(item.value), run)
  }),
}

const quantityText = (value: unknown, run: Run): Collection => {
  const { value: number, unit } = value as { value?: unknown; unit?: unknown }
  return typeof number === 'number' && typeof unit === 'string' ? textItem(`${number} '${unit}'`, run) : NOTHING
}
