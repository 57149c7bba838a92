/** A small profile of a type, which says something of one of its elements. */
export const profileOn = (
  type: string,
  name: string,
  element: Readonly<{ id: string; min: number }>,
  more: object = {},
) => ({
  resourceType: 'StructureDefinition',
  url: `https://keyplan.example/test/StructureDefinition/${name}`,
  name,
  status: 'draft',
  kind: 'resource',
  abstract: false,
  type,
  baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}`,
  derivation: 'constraint',
  differential: { element: [{ ...element, path: element.id }] },
  ...more,
})
