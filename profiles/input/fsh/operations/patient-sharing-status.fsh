Instance: Patient-sharing-status
InstanceOf: OperationDefinition
Usage: #definition
Title: "Who holds the current plan"
Description: "For each recipient that should know of this person: what it should hold now, what it has confirmed, and the last error."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-sharing-status"
* name = "SharingStatus"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #sharing-status
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #recipient
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "One recipient."
  * part[+]
    * name = #name
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Name of the recipient."
    * type = #string
