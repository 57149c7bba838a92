import type { QuantityTest } from './query.ts'

const UCUM = 'http://unitsofmeasure.org'

/** A number as a fraction: conversions are exact, whatever digits they have. */
type Fraction = Readonly<{ over: bigint; under: bigint }>

/** How much of its kind's first unit one of a unit is, and for temperatures what is added to that. */
type Unit = Readonly<{ factor: Fraction; offset: Fraction }>

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

const fraction = (text: string): Fraction => {
  const [over = '', under = '1'] = text.split('/')
  const [, sign = '', whole = '', digits = ''] = DECIMAL.exec(over) ?? []
  return { over: BigInt(`${sign}${whole}${digits}`), under: 10n ** BigInt(digits.length) * BigInt(under) }
}

const plus = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under,
})
const times = (a: Fraction, b: Fraction): Fraction => ({ over: a.over * b.over, under: a.under * b.under })
const negative = ({ over, under }: Fraction): Fraction => ({ over: -over, under })
const inverse = ({ over, under }: Fraction): Fraction => ({ over: under, under: over })

/**
 * Units that are converted into each other, by kind (https://ucum.org/ucum, tables 1 to 7): those in which what is measured of a person is written.
 * Months and years are of no fixed length, and what a substance weighs is not told by its amount: neither is converted.
 */
const KINDS: readonly Readonly<Record<string, string | readonly [factor: string, offset: string]>>[] = [
  {
    g: '1',
    kg: '1000',
    mg: '0.001',
    ug: '0.000001',
    ng: '0.000000001',
    '[lb_av]': '453.59237',
    '[oz_av]': '28.349523125',
  },
  { m: '1', km: '1000', cm: '0.01', mm: '0.001', um: '0.000001', '[in_i]': '0.0254', '[ft_i]': '0.3048' },
  {
    L: '1',
    l: '1',
    dL: '0.1',
    dl: '0.1',
    cL: '0.01',
    cl: '0.01',
    mL: '0.001',
    ml: '0.001',
    uL: '0.000001',
    ul: '0.000001',
  },
  { s: '1', ms: '0.001', min: '60', h: '3600', d: '86400', wk: '604800' },
  { '/min': '1', '1/min': '1', '{beats}/min': '1', '{breaths}/min': '1', '/s': '60', '/h': '1/60', Hz: '60' },
  { Pa: '1', hPa: '100', kPa: '1000', 'mm[Hg]': '133.322', 'cm[H2O]': '98.0665' },
  { K: '1', Cel: ['1', '273.15'], '[degF]': ['5/9', '2298.35/9'] },
  { '1': '1', '%': '0.01' },
  { 'mol/L': '1', 'mmol/L': '0.001', 'umol/L': '0.000001', 'nmol/L': '0.000000001' },
  {
    'g/L': '1',
    'g/dL': '10',
    'mg/L': '0.001',
    'mg/dL': '0.01',
    'mg/mL': '1',
    'ug/L': '0.000001',
    'ug/mL': '0.001',
    'ng/mL': '0.000001',
  },
  { 'L/min': '1', 'L/h': '1/60', 'mL/min': '0.001', 'mL/h': '0.001/60' },
  { kJ: '1', J: '0.001', kcal: '4.184', cal: '0.004184' },
]

const unit = (made: string | readonly [factor: string, offset: string]): Unit => {
  const [factor, offset] = typeof made === 'string' ? [made, '0'] : made
  return { factor: fraction(factor), offset: fraction(offset) }
}

const units: ReadonlyMap<string, ReadonlyMap<string, Unit>> = new Map(
  KINDS.flatMap((kind) => {
    const all = new Map(Object.entries(kind).map(([code, made]) => [code, unit(made)] as const))
    return [...all.keys()].map((code) => [code, all] as const)
  }),
)

/** More digits than any stored value has, so that none lies between a bound and what is left of it. */
const DIGITS = 60n

const textOf = ({ over, under }: Fraction): string => {
  const scaled = (over * 10n ** DIGITS) / under
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(Number(DIGITS) + 1, '0')
  const text = `${scaled < 0n ? '-' : ''}${digits.slice(0, -Number(DIGITS))}.${digits.slice(-Number(DIGITS))}`
  return text.replace(/\.?0+$/, '')
}

/**
 * The same test in each unit that its own can be converted to, its own first (http://hl7.org/fhir/R4/search.html#quantity, canonical units): a weight
 * in kilograms finds one that is written in grams. The bounds are those of the unit that was asked in, so the precision is as well. One alone where its
 * unit is not of UCUM, or is none of those above.
 */
export const inEachUnit = (test: QuantityTest): readonly QuantityTest[] => {
  const kind = test.system === UCUM && test.code !== undefined ? units.get(test.code) : undefined
  const own = test.code === undefined ? undefined : kind?.get(test.code)
  if (kind === undefined || own === undefined) return [test]
  const others = [...kind].filter(([code]) => code !== test.code)
  return [
    test,
    ...others.map(([code, other]): QuantityTest => {
      const converted = (text: string): string => {
        const first = plus(times(fraction(text), own.factor), own.offset)
        return textOf(times(plus(first, negative(other.offset)), inverse(other.factor)))
      }
      return { ...test, code, value: converted(test.value), low: converted(test.low), high: converted(test.high) }
    }),
  ]
}
