Instance: Patient-key-information-summary
InstanceOf: OperationDefinition
Usage: #definition
Title: "Key Information Summary"
Description: "The person's current Key Information Summary, as it is shared with recipients."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-key-information-summary"
* name = "KeyInformationSummaryOperation"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #key-information-summary
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "A Bundle of type document."
  * type = #Bundle
