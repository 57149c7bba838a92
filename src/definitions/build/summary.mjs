/** What R4 marks of the elements of each resource: those of a summary, and those at the root that change what the others mean. */

const within = (structure, mark) =>
  structure.snapshot.element
    .filter((element) => element[mark] === true && element.path.includes('.'))
    .map((element) => element.path.slice(element.path.indexOf('.') + 1).replace('[x]', ''))

/** The content of `summary.json`: for each resource type the paths below its root, a dot between names, a choice without its type. */
export const summaryOf = (resources) =>
  Object.fromEntries(
    resources.map((structure) => [
      structure.type,
      {
        summary: within(structure, 'isSummary').join(' '),
        modifiers: within(structure, 'isModifier')
          .filter((path) => !path.includes('.'))
          .join(' '),
      },
    ]),
  )
