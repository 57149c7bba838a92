Instance: CarePlan-sign
InstanceOf: OperationDefinition
Usage: #definition
Title: "Sign a plan"
Description: "Records the signature of a registered clinician. A draft that keeps all rules comes into force with it, and the plan that it replaces ends in the same commit; a draft that does not is refused with every finding. A plan in force may be endorsed by the senior responsible clinician; nothing in it changes. Needs If-Match: a signature is for the version that was read."
* url = "https://keyplan.example/fhir/OperationDefinition/CarePlan-sign"
* name = "SignPlan"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #sign
* resource = #CarePlan
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #who
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The clinician: identifier with the system and number of a professional registration (GMC, NMC, HCPC, GPhC), and display with the name."
  * type = #Reference
* parameter[+]
  * name = #role
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Grade or speciality, in words."
  * type = #string
* parameter[+]
  * name = #seniorResponsible
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "True for the senior responsible clinician."
  * type = #boolean
* parameter[+]
  * name = #when
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "When the clinician signed. Now, if absent."
  * type = #instant
* parameter[+]
  * name = #signature
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The clinician's own signature, if they made one: a detached compact JWS over the canonical plan with the public key as jwk in its header (docs/signatures.md)."
  * type = #string
* parameter[+]
  * name = #return
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The Provenance with the signature of the clinician and that of the service."
  * type = #Provenance
