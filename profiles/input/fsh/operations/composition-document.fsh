Instance: Composition-document
InstanceOf: OperationDefinition
Usage: #definition
Title: "Document of a Composition"
Description: "The document that begins with a Composition: the Key Information Summary of a person, whose Composition has the id of the Patient, or the document of an emergency-care plan, whose Composition has the id of the CarePlan."
* url = "https://keyplan.example/fhir/OperationDefinition/Composition-document"
* name = "CompositionDocument"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #document
* base = "http://hl7.org/fhir/OperationDefinition/Composition-document"
* comment = "As the base operation, without graph. Compositions are composed when they are asked for and never stored, so persist may only be false: a copy would outlive the plan, and the decision to share it. Also as a page and as PDF, by Accept."
* resource = #Composition
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #persist
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "False, or left out."
  * type = #boolean
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "A Bundle of type document."
  * type = #Bundle
