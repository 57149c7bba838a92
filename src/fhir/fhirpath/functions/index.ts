import { type CompileContext, type Compiled, fromValues } from '../compiled.ts'
import { FhirPathFault } from '../fault.ts'
import type { Tree } from '../tree.ts'
import { CONVERSION } from './conversion.ts'
import { EXISTENCE } from './existence.ts'
import { FHIR } from './fhir.ts'
import { FILTERING } from './filtering.ts'
import type { Functions } from './function.ts'
import { MATH } from './math.ts'
import { STRINGS } from './strings.ts'
import { SUBSETTING } from './subsetting.ts'

const FUNCTIONS: Functions = {
  ...EXISTENCE,
  ...FILTERING,
  ...SUBSETTING,
  ...CONVERSION,
  ...STRINGS,
  ...MATH,
  ...FHIR,
}

/** Functions of FHIRPath 2.0 and later drafts, of FHIR and its terminology services, that are not to be had here: who writes one writes FHIRPath. */
const ELSEWHERE: ReadonlySet<string> = new Set(
  'avg coalesce comparable dateOf dayOf decode defineVariable difference duration encode escape expand highBoundary hourOf lastIndexOf lookup lowBoundary max millisecondOf min minuteOf monthOf precision secondOf sort subsumedBy subsumes sum timeOf timezoneOffsetOf translate type unescape validateCS validateVS yearOf'.split(
    ' ',
  ),
)

const FOCUS: Compiled = { ...fromValues((_, focus) => focus), exists: (_, focus) => focus.length > 0 }

/** What a call stands for. Throws a FhirPathFault for a function that does not exist or takes another number of parameters. */
export const compileCall = (
  tree: Extract<Tree, { kind: 'call' }>,
  compile: (tree: Tree) => Compiled,
  context: CompileContext,
): Compiled => {
  const { name, position } = tree
  const called = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (called === undefined && ELSEWHERE.has(name))
    throw new FhirPathFault('not-supported', `${name}() is not supported.`, position)
  if (called === undefined) throw new FhirPathFault('unknown', `FHIRPath has no function ${name}().`, position)
  const { length } = tree.parameters
  if (length < called.least || length > called.most) {
    const wanted = called.least === called.most ? called.least : `${called.least} to ${called.most}`
    throw new FhirPathFault('syntax', `${name}() takes ${wanted} parameters, found ${length}.`, position)
  }
  return called.compile({
    name,
    from: tree.from === undefined ? FOCUS : compile(tree.from),
    parameters: tree.parameters.map(compile),
    trees: tree.parameters,
    context,
  })
}
