Instance: Patient-everything
InstanceOf: OperationDefinition
Usage: #definition
Title: "Everything about a person"
Description: "All that is stored of a person as it is now, of the types that the token may read, with the organisations and people of nobody's record that it refers to. Ended plans are among it, with the status that they have. A page at a time; a resource that is deleted is not among it."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-everything"
* name = "PatientEverything"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #everything
* base = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
* comment = "As the base operation, without start and end, which are refused: a plan is not shown without its older parts. Where the token lacks the scope to read a type, an OperationOutcome among the entries says so; a type that is asked for by _type and may not be read is refused. The answer tells what is recorded, in force or not: what is to be acted on is told by $emergency-view."
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #_since
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Only what was last changed then or later."
  * type = #instant
* parameter[+]
  * name = #_type
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Only these types, with commas between."
  * type = #code
* parameter[+]
  * name = #_count
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Resources a page, 500 at most and where it is left out. The link next leads to the next page."
  * type = #integer
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "A Bundle of type searchset: the Patient first, then by type and id. What is not the person's own and is referred to has the search mode include."
  * type = #Bundle
